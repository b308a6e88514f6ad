//! Peak memory: a process of its own for each engine and program, which reads the facts, runs, and tells its high-water
//! mark. Linux only, as the mark is read from `/proc`.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::Command;

use clap::Parser;
use onus_workloads::{Facts, Table};

use crate::arguments::Arguments;
use crate::engine::engines;
use crate::programs;

/// A file with the facts, removed at the end.
pub(crate) struct FactFile(PathBuf);

impl FactFile {
    /// Writes the facts.
    pub(crate) fn new(facts: &Facts) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("onus-benches-{}.facts", std::process::id()));
        let mut bytes = Vec::new();
        for table in &facts.tables {
            for number in [table.name.len(), table.arity, table.words.len()] {
                bytes.extend((number as u64).to_le_bytes());
            }
            bytes.extend(table.name.as_bytes());
            bytes.extend(table.words.iter().flat_map(|word| word.to_le_bytes()));
        }
        fs::write(&path, bytes)?;
        Ok(Self(path))
    }
}

impl Drop for FactFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The peak memory of an engine on a program, in bytes.
pub(crate) fn peak(program: &str, engine: &str, file: &FactFile) -> io::Result<u64> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--shuffled", "9", "-j", "1,2,4,8", "--child", program, engine])
        .arg(&file.0)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| io::Error::other(format!("{engine} on {program} told no peak: {text}")))
}

/// The process that measures: program, engine, file.
pub(crate) fn child(what: &[String], out: &mut impl Write) -> io::Result<bool> {
    let [program, engine, path] = what else { return Err(io::Error::other("program, engine and file are wanted")) };
    let program = programs::ALL.iter().find(|known| known.name == program);
    let program = program.ok_or_else(|| io::Error::other("no such program"))?;
    let arguments = Arguments::parse();
    let engines = engines(program, &arguments);
    let engine = engines.iter().find(|known| known.name == *engine);
    let engine = engine.ok_or_else(|| io::Error::other("no such engine"))?;
    let facts = read(path, (program.facts)(onus_workloads::generate::Size::Small))?;
    engine.run(&facts)?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak: u64 = peak.and_then(|text| text.trim().parse().ok()).ok_or_else(|| io::Error::other("no VmHWM"))?;
    writeln!(out, "{}", peak * 1024)?;
    Ok(true)
}

/// Facts from a file; `shape` gives the names of the tables.
fn read(path: &str, shape: Facts) -> io::Result<Facts> {
    let mut file = io::BufReader::new(fs::File::open(path)?);
    let mut facts = Facts::default();
    for Table { name, .. } in shape.tables {
        let mut numbers = [0_usize; 3];
        for number in &mut numbers {
            let mut bytes = [0; 8];
            file.read_exact(&mut bytes)?;
            *number = usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(0);
        }
        let [length, arity, count] = numbers;
        file.read_exact(&mut vec![0; length])?;
        let mut words = Vec::with_capacity(count);
        for _ in 0..count {
            let mut bytes = [0; 4];
            file.read_exact(&mut bytes)?;
            words.push(u32::from_le_bytes(bytes));
        }
        facts.tables.push(Table { name, arity, words });
    }
    Ok(facts)
}
