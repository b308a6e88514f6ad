//! Cycles in what must be an order.

use std::collections::BTreeMap;

/// Some cycles among the edges, no two of which share an edge, at most `most`: each as positions of its edges, in
/// order, the first being the one that comes first. None if and only if the edges are acyclic.
pub(super) fn cycles(edges: &[(&str, &str)], most: usize) -> Vec<Vec<usize>> {
    let mut from: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (child, _)) in edges.iter().enumerate() {
        from.entry(child).or_default().push(at);
    }
    let mut found = Vec::new();
    let mut used = vec![false; edges.len()];
    while found.len() < most {
        let Some(mut cycle) = cycle(edges, &from, &used) else { break };
        for &edge in &cycle {
            used[edge] = true;
        }
        let first = cycle.iter().enumerate().min_by_key(|&(_, edge)| edge).map_or(0, |(at, _)| at);
        cycle.rotate_left(first);
        found.push(cycle);
    }
    found
}

/// A depth-first walk with its own stack: chains may be long.
fn cycle(edges: &[(&str, &str)], from: &BTreeMap<&str, Vec<usize>>, used: &[bool]) -> Option<Vec<usize>> {
    // Position of the node on the current path, or none once everything behind it is known to be acyclic.
    let mut seen: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for &start in from.keys() {
        if seen.contains_key(start) {
            continue;
        }
        // Each node of the path with the edges left to try; `taken` are the edges between them.
        let mut path: Vec<(&str, std::slice::Iter<'_, usize>)> = Vec::new();
        let mut taken: Vec<usize> = Vec::new();
        seen.insert(start, Some(0));
        path.push((start, from[start].iter()));
        while let Some((node, rest)) = path.last_mut() {
            let Some(&edge) = rest.next() else {
                seen.insert(node, None);
                path.pop();
                taken.pop();
                continue;
            };
            if used[edge] {
                continue;
            }
            let next = edges[edge].1;
            match seen.get(next) {
                Some(None) => {}
                Some(&Some(at)) => {
                    taken.push(edge);
                    return Some(taken.split_off(at));
                }
                None => {
                    seen.insert(next, Some(path.len()));
                    taken.push(edge);
                    path.push((next, from.get(next).map_or([].iter(), |edges| edges.iter())));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_found_whole_and_once() {
        let edges = [("a", "b"), ("x", "c"), ("c", "a"), ("b", "c"), ("b", "d"), ("d", "e")];
        assert_eq!(cycles(&edges, 10), [vec![0, 3, 2]]);
        assert_eq!(cycles(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")], 10), Vec::<Vec<usize>>::new());
        assert_eq!(cycles(&[("a", "a"), ("b", "c"), ("c", "b")], 10), [vec![0], vec![1, 2]]);
        assert_eq!(cycles(&[("a", "a"), ("b", "b")], 1).len(), 1);
    }

    #[test]
    fn a_long_chain_is_no_matter() {
        let names: Vec<String> = (0..100_000).map(|at| format!("n{at:06}")).collect();
        let mut edges: Vec<(&str, &str)> = names.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
        assert!(cycles(&edges, 10).is_empty());
        edges.push(("n099999", "n000000"));
        assert_eq!(cycles(&edges, 10)[0].len(), 100_000);
    }
}
