//! The figures as a Markdown table, a line a program, with the ratios that matter.

use std::fmt::Write;

use crate::engine::EngineKind;
use crate::measure::{Figures, Measured};

/// All results.
pub(crate) fn markdown(results: &[Measured]) -> String {
    let mut engines: Vec<&str> = Vec::new();
    for figures in results.iter().flat_map(|result| &result.engines) {
        if !engines.contains(&figures.name.as_str()) {
            engines.push(&figures.name);
        }
    }
    let memory = results.iter().flat_map(|result| &result.engines).any(|figures| figures.peak.is_some());
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Evaluation in seconds{}, medians. Best peer / onus: above 1, onus is faster. onus / floor: how far from a search by hand.\n",
        if memory { " / peak MB" } else { "" }
    );
    let _ = writeln!(out, "| program | facts | tuples | {} | best peer / onus | onus / floor |", engines.join(" | "));
    let _ = writeln!(out, "|---|--:|--:|{}--:|--:|", "--:|".repeat(engines.len()));
    let mut ratios = Vec::new();
    for result in results {
        let _ = write!(out, "| {} | {} | {} |", result.name, grouped(result.facts as u64), grouped(result.tuples));
        for engine in &engines {
            let figures = result.engines.iter().find(|figures| figures.name == *engine);
            let _ = match figures {
                None => write!(out, " - |"),
                Some(Figures { evaluate, peak: Some(peak), .. }) => {
                    write!(out, " {:.3} / {:.0} |", evaluate.as_secs_f64(), *peak as f64 / 1e6)
                }
                Some(figures) => write!(out, " {:.3} |", figures.evaluate.as_secs_f64()),
            };
        }
        let onus = best(result, EngineKind::Onus);
        let to_peer = onus.zip(best(result, EngineKind::Peer)).map(|(onus, peer)| peer / onus);
        let to_floor = onus.zip(best(result, EngineKind::Floor)).map(|(onus, floor)| onus / floor);
        ratios.extend(to_peer);
        let _ = writeln!(out, " {} | {} |", ratio(to_peer), ratio(to_floor));
    }
    if !ratios.is_empty() {
        let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
        let _ = writeln!(out, "\nBest peer / onus, geometric mean of {}: {mean:.2}.", ratios.len());
    }
    variants(results, &mut out);
    out
}

/// How the variants of onus compare with onus.
fn variants(results: &[Measured], out: &mut String) {
    for result in results {
        let Some(onus) = best(result, EngineKind::Onus) else { continue };
        for variant in result.engines.iter().filter(|figures| figures.kind == EngineKind::Variant) {
            let times = variant.evaluate.as_secs_f64() / onus;
            let _ = writeln!(out, "- {}, {}: {times:.2} times the time of onus.", result.name, variant.name);
        }
    }
}

/// The least time of the engines of a kind, in seconds.
fn best(result: &Measured, kind: EngineKind) -> Option<f64> {
    let times = result.engines.iter().filter(|figures| figures.kind == kind);
    times.map(|figures| figures.evaluate.as_secs_f64()).min_by(f64::total_cmp)
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}
