//! A table of shapes as text, by way of another crate's traits; an error type of its own.
use shapes::Shape;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

#[derive(Debug)]
pub enum TableError { Empty, Format(fmt::Error) }
impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self { TableError::Empty => f.write_str("nothing to show"), TableError::Format(e) => write!(f, "{e}") }
    }
}
impl std::error::Error for TableError {}
impl From<fmt::Error> for TableError { fn from(e: fmt::Error) -> Self { TableError::Format(e) } }

pub fn table(shapes: &[Box<dyn Shape>]) -> Result<String, TableError> {
    if shapes.is_empty() { return Err(TableError::Empty); }
    let mut rows: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for shape in shapes { rows.entry(shape.name()).or_default().push(shape.area()); }
    let mut text = String::new();
    for (name, areas) in &rows { writeln!(text, "{name:>8} {:8.2} {areas:?}", areas.iter().sum::<f64>())?; }
    Ok(text)
}
