//! Boxes in layers: where the boxes of a directed graph stand so that lines run downwards and seldom cross.
//!
//! The method is that of Sugiyama, Tagawa and Toda (1981): lines that close a circle are turned round, every box gets a
//! level, long lines get a stand-in on each level that they pass, the order on a level follows the means of the
//! neighbours, and so do the places, as the nearest ones that keep the distances.

/// Where everything stands. Lengths are those of the widths that were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layers {
    /// The middle of each box, and its level from the top.
    pub(super) boxes: Vec<(f64, usize)>,
    /// For each line the middles of its stand-ins, from its upper to its lower end, and whether it starts at the lower.
    pub(super) lines: Vec<(Vec<f64>, bool)>,
    /// How many levels there are.
    pub(super) levels: usize,
    /// How wide the whole is; the leftmost box begins at 0.
    pub(super) width: f64,
}

/// How often orders and places are improved, down and up.
const SWEEPS: usize = 12;

/// The distance between a line and what it passes.
const PASSING: f64 = 18.0;

/// Boxes and stand-ins on their way.
struct Draft {
    width: Vec<f64>,
    level: Vec<usize>,
    /// Neighbours one level up, and one level down.
    up: Vec<Vec<usize>>,
    down: Vec<Vec<usize>>,
    /// The nodes of each level in order.
    rows: Vec<Vec<usize>>,
    x: Vec<f64>,
    boxes: usize,
    gap: f64,
}

/// Places boxes of some widths, `gap` apart. Lines are pairs of boxes; one from a box to itself is not placed.
pub(super) fn layers(widths: &[f64], lines: &[(usize, usize)], gap: f64) -> Layers {
    let order = order(widths.len(), lines);
    let downward = |&(from, to): &(usize, usize)| if order[from] <= order[to] { (from, to) } else { (to, from) };
    let level = levels(&order, &lines.iter().map(downward).collect::<Vec<_>>());
    let mut draft = Draft {
        width: widths.to_vec(),
        up: vec![Vec::new(); widths.len()],
        down: vec![Vec::new(); widths.len()],
        rows: Vec::new(),
        x: Vec::new(),
        boxes: widths.len(),
        gap,
        level,
    };
    let mut passed = Vec::new();
    for line in lines {
        let (upper, lower) = downward(line);
        passed.push((draft.join(upper, lower), (upper, lower) != *line));
    }
    draft.arrange();
    draft.place();
    let left = (0..draft.x.len()).map(|node| draft.x[node] - draft.width[node] / 2.0).fold(f64::INFINITY, f64::min);
    let right =
        (0..draft.x.len()).map(|node| draft.x[node] + draft.width[node] / 2.0).fold(f64::NEG_INFINITY, f64::max);
    if widths.is_empty() {
        return Layers::default();
    }
    let at = |node: usize| draft.x[node] - left;
    Layers {
        boxes: (0..widths.len()).map(|node| (at(node), draft.level[node])).collect(),
        lines: passed.into_iter().map(|(nodes, turned)| (nodes.into_iter().map(at).collect(), turned)).collect(),
        levels: draft.rows.len(),
        width: right - left,
    }
}

/// A place for each box such that most lines lead to a later one: always next comes the box to which the fewest lines
/// lead that have not begun yet.
fn order(boxes: usize, lines: &[(usize, usize)]) -> Vec<usize> {
    let mut waits = vec![0_usize; boxes];
    let mut leads: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for &(from, to) in lines.iter().filter(|(from, to)| from != to) {
        waits[to] += 1;
        leads[from].push(to);
    }
    let mut open: std::collections::BTreeSet<(usize, usize)> = (0..boxes).map(|node| (waits[node], node)).collect();
    let mut place = vec![0; boxes];
    let mut next = 0;
    while let Some((_, node)) = open.pop_first() {
        place[node] = next;
        next += 1;
        for &to in &leads[node] {
            if open.remove(&(waits[to], to)) {
                waits[to] -= 1;
                open.insert((waits[to], to));
            }
        }
    }
    place
}

/// The level of each box: one below the lowest of those that lead to it.
fn levels(order: &[usize], downward: &[(usize, usize)]) -> Vec<usize> {
    let mut by_place: Vec<(usize, usize)> = downward.iter().filter(|(from, to)| from != to).copied().collect();
    by_place.sort_by_key(|&(from, _)| order[from]);
    let mut level = vec![0; order.len()];
    for (from, to) in by_place {
        level[to] = level[to].max(level[from] + 1);
    }
    level
}

impl Draft {
    /// Joins two boxes, by a stand-in on each level between them. Gives the stand-ins.
    fn join(&mut self, upper: usize, lower: usize) -> Vec<usize> {
        let mut passed = Vec::new();
        let mut above = upper;
        for level in self.level[upper] + 1..self.level[lower] {
            let node = self.width.len();
            self.width.push(0.0);
            self.level.push(level);
            self.up.push(vec![above]);
            self.down.push(Vec::new());
            self.down[above].push(node);
            passed.push(node);
            above = node;
        }
        if upper != lower {
            self.down[above].push(lower);
            self.up[lower].push(above);
        }
        passed
    }

    /// Orders every level.
    fn arrange(&mut self) {
        let levels = self.level.iter().max().map_or(0, |deepest| deepest + 1);
        self.rows = vec![Vec::new(); levels];
        for node in 0..self.level.len() {
            self.rows[self.level[node]].push(node);
        }
        let mut position = vec![0.0; self.level.len()];
        let mut best = (usize::MAX, self.rows.clone());
        for sweep in 0..SWEEPS {
            let downwards = sweep % 2 == 0;
            for step in 0..levels {
                let level = if downwards { step } else { levels - 1 - step };
                let neighbours = if downwards { &self.up } else { &self.down };
                let row = &mut self.rows[level];
                let key = |node: &usize| mean(&neighbours[*node], &position).unwrap_or(position[*node]);
                let mut keyed: Vec<(f64, usize)> = row.iter().map(|node| (key(node), *node)).collect();
                // Stable: what does not matter stays as it was.
                keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
                *row = keyed.into_iter().map(|(_, node)| node).collect();
                for (at, &node) in row.iter().enumerate() {
                    position[node] = at as f64;
                }
            }
            let crossings = self.crossings(&position);
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    /// How many pairs of lines cross.
    fn crossings(&self, position: &[f64]) -> usize {
        let mut count = 0;
        for row in &self.rows {
            let mut ends: Vec<f64> = Vec::new();
            for &node in row {
                let mut below: Vec<f64> = self.down[node].iter().map(|&node| position[node]).collect();
                below.sort_by(f64::total_cmp);
                count += below.iter().map(|end| ends.iter().filter(|before| *before > end).count()).sum::<usize>();
                ends.extend(below);
            }
        }
        count
    }

    /// Places every node near its neighbours.
    fn place(&mut self) {
        self.x = vec![0.0; self.width.len()];
        for row in &self.rows {
            let offsets = self.offsets(row);
            for (&node, offset) in row.iter().zip(offsets) {
                self.x[node] = offset;
            }
        }
        let levels = self.rows.len();
        for sweep in 0..SWEEPS {
            for step in 0..levels {
                let level = if sweep % 2 == 0 { step } else { levels - 1 - step };
                let row = &self.rows[level];
                let neighbours = if sweep % 2 == 0 { &self.up } else { &self.down };
                let offsets = self.offsets(row);
                let wanted = row.iter().zip(&offsets).map(|(&node, offset)| {
                    let wanted = mean(&neighbours[node], &self.x).unwrap_or(self.x[node]);
                    wanted - offset
                });
                let places = ascending(&wanted.collect::<Vec<_>>());
                for ((&node, offset), place) in row.iter().zip(&offsets).zip(places) {
                    self.x[node] = place + offset;
                }
            }
        }
    }

    /// The least distances of the nodes of a level from its first.
    fn offsets(&self, row: &[usize]) -> Vec<f64> {
        let mut at = 0.0;
        let mut offsets = Vec::with_capacity(row.len());
        for (index, &node) in row.iter().enumerate() {
            if index > 0 {
                let before = row[index - 1];
                let gap = if node < self.boxes && before < self.boxes { self.gap } else { PASSING };
                at += f64::midpoint(self.width[before], self.width[node]) + gap;
            }
            offsets.push(at);
        }
        offsets
    }
}

fn mean(nodes: &[usize], values: &[f64]) -> Option<f64> {
    let sum: f64 = nodes.iter().map(|&node| values[node]).sum();
    (!nodes.is_empty()).then(|| sum / nodes.len() as f64)
}

/// The ascending numbers that are nearest to some numbers, by squares (pool adjacent violators).
fn ascending(wanted: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for &number in wanted {
        pools.push((number, 1));
        while let [.., (left, left_count), (right, right_count)] = pools.as_slice()
            && left > right
        {
            let count = left_count + right_count;
            let merged = (left * *left_count as f64 + right * *right_count as f64) / count as f64;
            pools.truncate(pools.len() - 2);
            pools.push((merged, count));
        }
    }
    pools.into_iter().flat_map(|(number, count)| std::iter::repeat_n(number, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_run_downwards_and_boxes_keep_their_distance() {
        // A diamond with a shortcut, and one box apart.
        let lines = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)];
        let placed = layers(&[40.0; 5], &lines, 10.0);
        let levels: Vec<usize> = placed.boxes.iter().map(|&(_, level)| level).collect();
        assert_eq!((levels, placed.levels), (vec![0, 1, 1, 2, 0], 3));
        assert_eq!((placed.lines[4].0.len(), placed.lines[0].0.len()), (1, 0));
        for (one, other) in [(1, 2), (0, 4)] {
            assert!((placed.boxes[one].0 - placed.boxes[other].0).abs() >= 50.0, "{placed:?}");
        }
    }

    #[test]
    fn circles_and_lines_to_oneself_end() {
        let placed = layers(&[10.0; 3], &[(0, 1), (1, 2), (2, 0), (1, 1)], 5.0);
        assert_eq!(placed.boxes.iter().map(|&(_, level)| level).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(placed.lines[2].1 && !placed.lines[0].1);
        assert_eq!(layers(&[], &[], 5.0), Layers::default());
    }

    #[test]
    fn the_nearest_ascending_numbers() {
        assert_eq!(ascending(&[1.0, 5.0, 3.0, 4.0, 9.0]), [1.0, 4.0, 4.0, 4.0, 9.0]);
    }
}
