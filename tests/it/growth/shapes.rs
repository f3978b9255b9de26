//! Every call of every read, made from the schema's text: each filter and order by itself, and all edges followed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Map, Value, json};
use tests::World;

use super::history::{COMMON, NAME, NUMBER, RARE};

/// How many levels of objects are followed.
const DEPTH: usize = 4;

/// The schema, by name.
pub struct Shapes {
    objects: BTreeMap<String, Vec<FieldDefinition>>,
    inputs: HashMap<String, Vec<InputValueDefinition>>,
    one_of: BTreeSet<String>,
    enums: HashMap<String, Vec<String>>,
    members: HashMap<String, Vec<String>>,
}

/// What is put where the schema asks for something.
pub struct Values {
    now: DateTime<Utc>,
    /// A moment that nearly everything came after.
    early: DateTime<Utc>,
    /// The cursor of an event that nearly all others came after.
    cursor: String,
    /// A cursor of a device that saw nothing after it.
    synced: Option<String>,
    ids: HashMap<String, String>,
}

/// A call of a field of a root.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its document.
    pub document: String,
    /// Its variables.
    pub variables: Value,
    /// The field, and what is given besides what it needs.
    pub about: String,
}

impl Call {
    /// The same for the page behind a cursor; none where it has no pages.
    pub fn after(&self, cursor: &Value) -> Option<Self> {
        let mut next = self.clone();
        let page = next.variables.get_mut("page")?.as_object_mut()?;
        page.insert("after".to_owned(), cursor.clone());
        next.about.push_str(" next page");
        Some(next)
    }
}

impl Values {
    /// Without ids.
    pub fn new(now: DateTime<Utc>, early: DateTime<Utc>, cursor: String) -> Self {
        Self { now, early, cursor, synced: None, ids: HashMap::new() }
    }

    /// Where a device goes on.
    pub fn synced(&mut self, cursor: String) {
        self.synced = Some(cursor);
    }

    /// An id of a type.
    pub fn id(&mut self, kind: &str, id: String) {
        self.ids.insert(kind.to_owned(), id);
    }

    /// The ids of what the sample has made by the way.
    pub async fn find_missing(&mut self, world: &World) {
        use entity::{alarm, price_list};
        let alarm = alarm::Entity::find().order_by_asc(alarm::Column::Id).one(&world.app.db).await.unwrap();
        self.ids.extend(alarm.map(|row| ("Alarm".to_owned(), format!("Alarm_{}", row.id.simple()))));
        let list = price_list::Entity::find().order_by_asc(price_list::Column::Id).one(&world.app.db).await.unwrap();
        self.ids.extend(list.map(|row| ("PriceList".to_owned(), format!("PriceList_{}", row.id.simple()))));
    }

    /// An id by the name under which it is asked for, in a field of the root.
    fn named(&self, root: &str, name: &str) -> Value {
        let plain = name.trim_end_matches('s').trim_end_matches("Id");
        let kind = match (root, plain) {
            ("node" | "nodes" | "complaint", "id") => "Complaint".to_owned(),
            (_, "technician" | "handler" | "account" | "owner") => "Account".to_owned(),
            (_, "id") => capital(root),
            (_, other) => capital(other),
        };
        let nothing = || format!("{kind}_00000000000000000000000000000001");
        json!(self.ids.get(&kind).cloned().unwrap_or_else(nothing))
    }

    fn scalar(&self, root: &str, name: &str, kind: &str) -> Option<Value> {
        let later = name.starts_with("to") || name.contains("efore") || name == "until";
        let days = if later { TimeDelta::days(7) } else { TimeDelta::days(-7) };
        let moment = match name {
            "deviceTime" => self.now,
            // What came in before is far from the newest end.
            "receivedBefore" | "recordedBefore" => self.early,
            _ => self.now + days,
        };
        Some(match kind {
            "ID" => self.named(root, name),
            "Int" => json!(3),
            "Boolean" => json!(true),
            "DateTime" => json!(moment.to_rfc3339_opts(SecondsFormat::Secs, true)),
            "NaiveDate" => json!(moment.date_naive().to_string()),
            "Decimal" => json!("1.00"),
            "String" => json!(match name {
                "organizationCode" => "town",
                "month" => "2026-03",
                "phone" => "13800000001",
                "text" => RARE,
                "name" => NAME,
                "number" => NUMBER,
                // A page begins behind a cursor that its own list gave.
                "after" | "before" => match root {
                    "sync" => return self.synced.clone().map(|cursor| json!(cursor)),
                    "statementExport" => return None,
                    _ => self.cursor.as_str(),
                },
                _ => "LY-2026",
            }),
            _ => return None,
        })
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

impl Shapes {
    /// Reads a schema's text.
    pub fn of(sdl: &str) -> Self {
        let mut shapes = Self {
            objects: BTreeMap::new(),
            inputs: HashMap::new(),
            one_of: BTreeSet::new(),
            enums: HashMap::new(),
            members: HashMap::new(),
        };
        for definition in parse_schema(sdl).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let definition = definition.node;
            let name = definition.name.node.to_string();
            if definition.directives.iter().any(|it| it.node.name.node == "oneOf") {
                shapes.one_of.insert(name.clone());
            }
            match definition.kind {
                TypeKind::Object(object) => {
                    for interface in &object.implements {
                        shapes.members.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                    shapes.objects.insert(name, object.fields.into_iter().map(|field| field.node).collect());
                }
                TypeKind::Union(union) => {
                    shapes.members.insert(name, union.members.iter().map(|member| member.node.to_string()).collect());
                }
                TypeKind::InputObject(input) => {
                    shapes.inputs.insert(name, input.fields.into_iter().map(|field| field.node).collect());
                }
                TypeKind::Enum(values) => {
                    let values = values.values.iter().map(|value| value.node.value.node.to_string());
                    shapes.enums.insert(name, values.collect());
                }
                TypeKind::Interface(_) | TypeKind::Scalar => {}
            }
        }
        shapes
    }

    /// The fields of a root.
    pub fn fields(&self, root: &str) -> impl Iterator<Item = &FieldDefinition> {
        self.objects[root].iter()
    }

    /// The calls of a field: with what is required and all edges, then with each thing that may be given by itself.
    pub fn calls(&self, field: &FieldDefinition, values: &Values) -> Vec<Call> {
        let root = field.name.node.as_str();
        let mut base = Map::new();
        for argument in &field.arguments {
            let argument = &argument.node;
            let required = !argument.ty.node.nullable && argument.default_value.is_none();
            let page = base_name(&argument.ty.node) == "PageInput";
            if required || page {
                let value = self.value(root, argument.name.node.as_str(), &argument.ty.node, values);
                base.extend(value.map(|value| (argument.name.node.to_string(), value)));
            }
        }
        let deep = self.selection(base_name(&field.ty.node), DEPTH, &mut Vec::new());
        let mut calls = vec![self.call(field, &base, &deep, "")];
        let shallow = self.selection(base_name(&field.ty.node), 2, &mut vec!["Site".into(), "Account".into()]);
        for argument in &field.arguments {
            let argument = &argument.node;
            for (about, value) in self.variants(root, argument, values) {
                let mut given = base.clone();
                given.insert(argument.name.node.to_string(), value);
                calls.push(self.call(field, &given, &shallow, &about));
            }
        }
        calls
    }

    /// What an argument may be: each value of an enum, each optional field of an input by itself.
    fn variants(&self, root: &str, argument: &InputValueDefinition, values: &Values) -> Vec<(String, Value)> {
        let kind = base_name(&argument.ty.node);
        let list = matches!(argument.ty.node.base, BaseType::List(_));
        let own = argument.name.node.as_str();
        if let Some(names) = self.enums.get(kind) {
            let value = |name: &String| if list { json!([name]) } else { json!(name) };
            return names.iter().map(|name| (format!("{own}={name}"), value(name))).collect();
        }
        if own == "text" {
            return [RARE, COMMON].map(|words| (format!("text={words}"), json!(words))).to_vec();
        }
        let Some(fields) = self.inputs.get(kind).filter(|_| kind != "PageInput") else {
            let value = self.value(root, own, &argument.ty.node, values);
            return value.into_iter().map(|value| (own.to_owned(), value)).collect();
        };
        let required = self.required(root, kind, values);
        let mut variants = Vec::new();
        for field in fields {
            for (about, value) in self.variants(root, field, values) {
                let mut given = if self.one_of.contains(kind) { Map::new() } else { required.clone() };
                given.insert(field.name.node.to_string(), value);
                variants.push((format!("{own}.{about}"), Value::Object(given)));
            }
        }
        variants
    }

    fn required(&self, root: &str, kind: &str, values: &Values) -> Map<String, Value> {
        let needed = |field: &&InputValueDefinition| !field.ty.node.nullable && field.default_value.is_none();
        let fields = self.inputs[kind].iter().filter(needed);
        fields
            .filter_map(|field| {
                let name = field.name.node.to_string();
                let value = self.value(root, &name, &field.ty.node, values)?;
                Some((name, value))
            })
            .collect()
    }

    fn value(&self, root: &str, name: &str, kind: &Type, values: &Values) -> Option<Value> {
        if let BaseType::List(inner) = &kind.base {
            return Some(json!([self.value(root, name, inner, values)?]));
        }
        let kind = base_name(kind);
        if kind == "PageInput" {
            return Some(json!({ "first": 3 }));
        }
        if let Some(names) = self.enums.get(kind) {
            return names.first().map(|name| json!(name));
        }
        if self.one_of.contains(kind) {
            let field = &self.inputs[kind][0];
            let value = self.value(root, field.name.node.as_str(), &field.ty.node, values)?;
            return Some(json!({ field.name.node.as_str(): value }));
        }
        if self.inputs.contains_key(kind) {
            return Some(Value::Object(self.required(root, kind, values)));
        }
        values.scalar(root, name, kind)
    }

    fn call(&self, field: &FieldDefinition, given: &Map<String, Value>, selection: &str, besides: &str) -> Call {
        let name = field.name.node.as_str();
        let root =
            if self.fields("Query").any(|one| one.name.node == field.name.node) { "query" } else { "subscription" };
        let arguments: Vec<&InputValueDefinition> =
            field.arguments.iter().map(|it| &it.node).filter(|it| given.contains_key(it.name.node.as_str())).collect();
        let declared: Vec<String> = arguments.iter().map(|it| format!("${}: {}", it.name.node, it.ty.node)).collect();
        let passed: Vec<String> = arguments.iter().map(|it| format!("{0}: ${0}", it.name.node)).collect();
        let list =
            |parts: Vec<String>| if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
        let document = format!("{root}{} {{ {name}{} {selection} }}", list(declared), list(passed));
        let about = format!("{name} {besides}").trim_end().to_owned();
        Call { document, variables: Value::Object(given.clone()), about }
    }

    /// All that can be selected of a type without anything being given, so many levels down.
    fn selection(&self, kind: &str, depth: usize, path: &mut Vec<String>) -> String {
        if let Some(members) = self.members.get(kind) {
            let parts = members.iter().map(|one| format!("... on {one} {}", self.selection(one, depth, path)));
            return format!("{{ __typename {} }}", parts.collect::<Vec<_>>().join(" "));
        }
        let Some(fields) = self.objects.get(kind) else { return String::new() };
        path.push(kind.to_owned());
        let mut parts = vec!["__typename".to_owned()];
        for field in fields {
            let needs = |it: &InputValueDefinition| !it.ty.node.nullable && it.default_value.is_none();
            // The timeline asks for how many events; everything else goes without.
            let asked = if field.arguments.iter().any(|it| it.node.name.node == "first" && needs(&it.node)) {
                "(first: 3)"
            } else if field.arguments.iter().any(|it| needs(&it.node)) {
                continue;
            } else {
                ""
            };
            let of = base_name(&field.ty.node);
            let below = if self.objects.contains_key(of) || self.members.contains_key(of) {
                // A page is no level of its own.
                let levels = usize::from(!(of.ends_with("Connection") || of.ends_with("Edge")));
                if of == "PageInfo" {
                    parts.push("pageInfo { hasNextPage endCursor }".to_owned());
                    continue;
                }
                if depth < levels + 1 || path.iter().any(|above| above == of) {
                    continue;
                }
                self.selection(of, depth - levels, path)
            } else {
                String::new()
            };
            parts.push(format!("{}{asked} {below}", field.name.node));
        }
        path.pop();
        format!("{{ {} }}", parts.join(" "))
    }

    /// The names of all arguments of reads, and of the fields of their inputs, but for cursors and sizes of pages.
    pub fn inputs_of_reads(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut kinds: Vec<&str> = Vec::new();
        for argument in self.fields("Query").flat_map(|field| &field.arguments) {
            names.insert(argument.node.name.node.to_string());
            kinds.push(base_name(&argument.node.ty.node));
        }
        while let Some(kind) = kinds.pop() {
            for field in self.inputs.get(kind).into_iter().flatten() {
                if names.insert(field.name.node.to_string()) {
                    kinds.push(base_name(&field.ty.node));
                }
            }
        }
        names.retain(|name| !matches!(name.as_str(), "after" | "before"));
        names
    }
}

fn base_name(kind: &Type) -> &str {
    match &kind.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base_name(inner),
    }
}
