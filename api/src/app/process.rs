//! What this process has used of the machine, where the system tells (Linux).

/// How many ticks a second has in `/proc`; the same on every Linux that this runs on.
const TICKS: f64 = 100.0;

/// What a process has used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Used {
    /// Memory that is resident now.
    pub resident_bytes: u64,
    /// Time of processors since it began.
    pub cpu_seconds: f64,
}

/// What this process has used; none where the system does not tell.
#[must_use]
pub fn used() -> Option<Used> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    parse(&status, &stat)
}

fn parse(status: &str, stat: &str) -> Option<Used> {
    let kibibytes: u64 =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()?;
    // The name of the program stands in brackets and may hold anything; counting begins behind it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |position: usize| fields.get(position)?.parse::<u32>().ok();
    Some(Used {
        resident_bytes: kibibytes * 1024,
        cpu_seconds: f64::from(ticks(11)?.saturating_add(ticks(12)?)) / TICKS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_time_are_read_whatever_the_program_is_called() {
        let status = "Name:\tx\nVmRSS:\t    2048 kB\n";
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 9 0 100";
        assert_eq!(parse(status, stat), Some(Used { resident_bytes: 2_097_152, cpu_seconds: 2.0 }));
        assert_eq!(parse("", stat), None);
    }
}
