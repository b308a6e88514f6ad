//! Services of parties in stacks, customers that run them, and who owns which layer.

use super::Size;
use crate::facts::Facts;
use crate::random::Random;

const LAYERS: u32 = 12;
const KINDS: u32 = 8;
const REGIONS: u32 = 30;

/// The facts of `ownership.dl`: about 1.1 million at full size.
#[must_use]
pub fn ownership(size: Size) -> Facts {
    let mut random = Random::new(8);
    let random = &mut random;
    let (services, parties) = (size.pick(60, 100_000), size.pick(20, 4_000));
    let (customers, people) = (size.pick(80, 1_000), size.pick(100, 40_000));
    let layer = |random: &mut Random| random.below(LAYERS);
    let party = |random: &mut Random| random.skewed(parties, 2.0);
    let mut facts = Facts::default();

    facts.add("service", (0..services).map(|s| [s]));
    facts.add("kind", rows(services, |s| [s, random.skewed(KINDS, 1.5)]));
    facts.add(
        "requires",
        (0..KINDS).flat_map(|kind| (0..LAYERS).map(move |layer| [kind, layer])).filter(|[k, l]| (k + l) % 3 > 0),
    );
    facts.add("waived", rows(services / 4, |_| [random.below(services), layer(random)]));
    facts.add("provides", rows(services, |s| [party(random), s]));
    // Customers run services of the upper half, which stand on services with smaller numbers: no cycles but a few.
    facts.add("runs", rows(2 * customers, |at| [at / 2, services / 2 + random.skewed(services / 2, 1.5)]));
    let mut built_on = rows(services * 11 / 10, |at| {
        let s = at % services;
        [s, random.below(s.max(1)) / 2]
    });
    built_on.extend(rows(services / 5_000 + 1, |_| [random.below(services / 50 + 1), random.below(services)]));
    facts.add("built_on", built_on);
    facts.add("passes", rows(services * 2, |at| [at % services, layer(random)]));
    facts.add("owns", rows(services * 3, |at| [party(random), at % services, layer(random)]));
    facts.add("excluded", rows(services, |_| [party(random), random.below(services), layer(random)]));
    facts.add("delegates", rows(parties * 2, |_| [random.below(parties), party(random), layer(random)]));
    facts.add("revoked", rows(parties / 2, |_| [random.below(parties), layer(random)]));
    facts.add("certified", rows(parties * 6, |_| [random.below(parties), layer(random)]));
    facts.add("subprocessor", rows(parties / 2, |_| [random.below(parties), random.below(parties)]));
    facts.add("employs", rows(people, |person| [random.below(parties), person, layer(random)]));
    facts.add("absent", rows(people / 10, |_| [random.below(people)]));
    facts.add("agreed", rows(parties * 8, |_| [party(random), party(random)]));
    facts.add("region", rows(services, |s| [s, random.skewed(REGIONS, 1.5)]));
    facts.add("allowed", rows(customers * 4, |at| [at / 4, random.skewed(REGIONS, 1.3)]));
    facts
}

fn rows<const N: usize>(count: u32, row: impl FnMut(u32) -> [u32; N]) -> Vec<[u32; N]> {
    (0..count).map(row).collect()
}
