//! Tests of the rules: the whole table as text, random walks through a small world, and the main paths by example.

#[cfg(test)]
mod clock;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod people;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod session;
#[cfg(test)]
mod similarity;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod working_time;
#[cfg(test)]
mod world;
