//! Rows of a tree that come in its order, each before all that is below it.

use std::collections::{HashMap, HashSet};

/// A row of a tree.
pub trait Node {
    /// Code of the row.
    fn code(&self) -> &str;
    /// Code of the row above; none at the top.
    fn parent(&self) -> Option<&str>;
}

/// Folds a tree from its leaves up: `make` gives what a row comes to, out of what the rows directly below it came
/// to. Gives what those at the top came to, all in the order of the tree. A row whose parent is not among the rows
/// is at the top.
pub fn fold<R: Node, T>(rows: Vec<R>, mut make: impl FnMut(R, Vec<T>) -> T) -> Vec<T> {
    let known: HashSet<String> = rows.iter().map(|row| row.code().to_owned()).collect();
    let mut below: HashMap<Option<String>, Vec<T>> = HashMap::new();
    // From the last to the first, every row comes after all that is below it.
    for row in rows.into_iter().rev() {
        let parent = row.parent().filter(|parent| known.contains(*parent)).map(str::to_owned);
        let mut parts = below.remove(&Some(row.code().to_owned())).unwrap_or_default();
        parts.reverse();
        below.entry(parent).or_default().push(make(row, parts));
    }
    let mut top = below.remove(&None).unwrap_or_default();
    top.reverse();
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Node for (&str, Option<&str>) {
        fn code(&self) -> &str {
            self.0
        }

        fn parent(&self) -> Option<&str> {
            self.1
        }
    }

    #[test]
    fn a_tree_is_folded_in_its_order() {
        let rows =
            vec![("a", None), ("a1", Some("a")), ("a11", Some("a1")), ("a2", Some("a")), ("b", Some("gone"))];
        let told = fold(rows, |(code, _), below: Vec<String>| format!("{code}({})", below.join(" ")));
        assert_eq!(told, ["a(a1(a11()) a2())", "b()"]);
        assert!(fold(Vec::<(&str, Option<&str>)>::new(), |_, _: Vec<()>| ()).is_empty());
    }
}
