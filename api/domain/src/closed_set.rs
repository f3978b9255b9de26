//! One definition for an enum that is a database column, a GraphQL enum and a word of the rules.

/// Declares a closed set of unit variants, with its database and GraphQL derives behind the crate's features.
///
/// Adds `ALL`, every variant in order of declaration. In the database a variant is its name in `UPPER_SNAKE`, as in
/// the schema. An optional `as "Name"` gives the name in the schema where the module already says half of it.
macro_rules! closed_set {
    ($(#[$meta:meta])* pub enum $name:ident as $public:literal { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "database", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
        #[cfg_attr(feature = "database", sea_orm(
            rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(40))", rename_all = "SCREAMING_SNAKE_CASE"))]
        #[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
        #[cfg_attr(feature = "graphql", graphql(name = $public))]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value's name as written in the code; a stable key for translations.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }
        }
    };
}

pub(crate) use closed_set;
