//! What servers need besides themselves, of a test's own, so that it can take them away: a PostgreSQL, a NATS server, and
//! the room on a disk.

use std::fmt;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::process::Child;

/// The NATS server that `tests/run` starts.
#[must_use]
pub fn nats() -> String {
    std::env::var("HUIYIN_TEST_NATS")
        .expect("HUIYIN_TEST_NATS is not set: start the tests by tests/run, which starts a NATS server")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A NATS server of a test's own.
pub struct Nats {
    port: u16,
    child: Option<Child>,
}

impl Nats {
    /// Starts one.
    pub async fn start() -> Self {
        let mut nats = Self { port: free_port(), child: None };
        nats.again().await;
        nats
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Starts it, and waits until it listens.
    pub async fn again(&mut self) {
        let port = self.port.to_string();
        let started = tokio::process::Command::new("nats-server")
            .args(["-a", "127.0.0.1", "-p", &port])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = Some(started.expect("nats-server is installed, as tests/run does"));
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nats-server does not listen");
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }
}

/// A PostgreSQL of a test's own.
pub struct Postgres {
    port: u16,
    folder: PathBuf,
    programs: PathBuf,
}

impl Postgres {
    /// Makes and starts one.
    #[must_use]
    pub fn start() -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("huiyin_postgres_{}_{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let postgres = Self { port, folder, programs: programs() };
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(&postgres.folder).status().unwrap().success());
        }
        let data = postgres.data();
        postgres.run("initdb", &["-D", &data, "--locale=C", "--encoding=UTF8", "--username=huiyin", "--auth=trust"]);
        postgres.again();
        postgres
    }

    /// Its address, without a database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://huiyin@127.0.0.1:{}", self.port)
    }

    /// Starts it.
    pub fn again(&self) {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        let log = self.folder.join("log").display().to_string();
        self.run("pg_ctl", &["start", "-s", "-w", "-t", "60", "-D", &self.data(), "-l", &log, "-o", &options]);
    }

    /// Stops it: `fast` ends what is under way, `immediate` is like a crash.
    pub fn stop(&self, mode: &str) {
        self.run("pg_ctl", &["stop", "-s", "-w", "-t", "60", "-D", &self.data(), "-m", mode]);
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    /// PostgreSQL refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = Command::new(if is_root() { "runuser" } else { "env" });
        if is_root() {
            command.args(["-u", "postgres", "--"]);
        }
        command.arg(&program).args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "{}", program.display());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let running = self.folder.join("data/postmaster.pid").exists();
        if running && !std::thread::panicking() {
            self.stop("immediate");
        } else if running {
            // A failed test must still leave nothing behind; what it says is worth more than what this would.
            let data = self.data();
            let ctl = self.programs.join("pg_ctl").display().to_string();
            let command = format!("{ctl} stop -s -w -m immediate -D {data}");
            let shell =
                if is_root() { ("runuser", vec!["-u", "postgres", "--", "sh", "-c"]) } else { ("sh", vec!["-c"]) };
            Command::new(shell.0).args(shell.1).arg(command).current_dir("/").status().ok();
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// A disk of a few MiB that can be filled: a file system of its own in memory where the test may mount one, that is as root,
/// and else only a folder.
pub struct SmallDisk {
    folder: PathBuf,
    mounted: bool,
}

impl SmallDisk {
    /// Makes one.
    #[must_use]
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("huiyin_disk_{}_{}", std::process::id(), free_port()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(&folder).stderr(Stdio::null());
        let mounted = is_root() && mount.status().is_ok_and(|status| status.success());
        Self { folder, mounted }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fills it up to so many bytes, whole blocks of 4 KiB. False where it cannot be filled, as it is only a folder.
    #[must_use]
    pub fn fill(&self, room: usize) -> bool {
        if self.mounted {
            let asked =
                Command::new("df").args(["--block-size=1", "--output=avail"]).arg(&self.folder).output().unwrap();
            let said = String::from_utf8(asked.stdout).unwrap();
            let free: usize = said.lines().last().unwrap().trim().parse().unwrap();
            std::fs::write(self.filler(), vec![1; free.checked_sub(room).unwrap()]).unwrap();
        }
        self.mounted
    }

    /// Makes room again. False where it was never filled.
    #[must_use]
    pub fn empty(&self) -> bool {
        if self.mounted {
            std::fs::remove_file(self.filler()).unwrap();
        }
        self.mounted
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Default for SmallDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for SmallDisk {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.mounted { "a file system of 4 MiB in memory" } else { "a limit of the size of files" };
        write!(to, "{what}, at {}", self.folder.display())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.mounted {
            // Lazily: a server that was only just killed may still hold it. What it says is worth less than why a test failed.
            Command::new("umount").arg("--lazy").arg(&self.folder).status().ok();
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    id == b"0\n"
}

/// Where PostgreSQL's programs are: in the path, or where Debian puts them, the newest first.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|found| found.map(|entry| entry.unwrap().path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.reverse();
    let found = std::env::split_paths(&path).chain(folders).find(|folder| folder.join("initdb").exists());
    found.expect("PostgreSQL is installed, as tests/run does")
}
