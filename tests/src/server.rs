//! The program itself, in a process of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::world::{SECRET_KEY, TOKEN_KEY};

/// A server in a process of its own, over the world's database.
pub struct Server {
    /// The port on loopback.
    pub port: u16,
    url: String,
    settings: Vec<(String, String)>,
    /// The folder of its log.
    log: Option<PathBuf>,
    /// Where it keeps files.
    pub files: PathBuf,
    /// The largest file that it can write, in KiB: what a full disk is like.
    pub largest_file: Option<u32>,
    child: Option<Child>,
}

fn program() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path = path.join("huiyin");
    assert!(path.exists(), "{} is not built: `cargo build` first, as tests/run does", path.display());
    path
}

/// A folder of its own.
fn files(port: u16) -> PathBuf {
    std::env::temp_dir().join(format!("huiyin_files_{}_{port}", std::process::id()))
}

impl Drop for Server {
    fn drop(&mut self) {
        // Not there where it never started.
        std::fs::remove_dir_all(&self.files).ok();
    }
}

impl Server {
    /// Starts one on a free port, and waits until it answers.
    pub async fn start(url: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self::new(url, port, Vec::new(), None);
        server.again().await;
        server
    }

    fn new(url: &str, port: u16, settings: Vec<(String, String)>, log: Option<PathBuf>) -> Self {
        Self { port, url: url.to_owned(), settings, log, files: files(port), largest_file: None, child: None }
    }

    /// Starts one with settings of its own.
    pub async fn with(url: &str, settings: &[(&str, String)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let mut server = Self::new(url, port, settings, None);
        server.again().await;
        server
    }

    /// Starts one with settings of its own, whose log goes to a file.
    pub async fn telling(url: &str, settings: &[(&str, String)], log: PathBuf) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let mut server = Self::new(url, port, settings, Some(log));
        server.again().await;
        server
    }

    /// Starts it, and waits until it answers.
    pub async fn again(&mut self) {
        let mut command = Command::new(program());
        if let Some(largest) = self.largest_file {
            // The signal is ignored, so that writing more fails as it does on a full disk.
            let limited = format!("trap '' XFSZ; ulimit -f {largest}; exec \"$0\" serve");
            command = Command::new("bash");
            command.args(["-c", &limited]).arg(program());
        } else {
            command.arg("serve");
        }
        let child = command
            .env("HUIYIN_DATABASE_URL", &self.url)
            .env("HUIYIN_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("HUIYIN_TOKEN_KEY", TOKEN_KEY)
            .env("HUIYIN_SECRET_KEY", SECRET_KEY)
            .env("HUIYIN_SECOND_FACTOR", "offered")
            .env("HUIYIN_LOG", "error")
            .env("HUIYIN_FILES", &self.files)
            .stdout(Stdio::null())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stderr(self.log.as_ref().map_or_else(Stdio::null, |path| std::fs::File::create(path).unwrap().into()))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.child = Some(child);
        self.says("ready").await;
    }

    /// What it says of whether it can serve; nothing where it does not answer.
    pub async fn readiness(&self) -> String {
        let asked = reqwest::Client::new().get(format!("http://127.0.0.1:{}/readyz", self.port));
        match asked.timeout(Duration::from_secs(5)).send().await {
            Ok(answer) => answer.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until it says that of whether it can serve.
    pub async fn says(&self, beginning: &str) {
        for _ in 0..1200 {
            if self.readiness().await.starts_with(beginning) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not say `{beginning}` but `{}`", self.readiness().await);
    }

    /// Sends it a signal.
    pub async fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Asks it to end, and waits until it has.
    pub async fn end(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        child.wait().await.unwrap();
    }

    /// Runs a command of the program over the same database and files, with the same settings; whether it succeeded, and what it said.
    pub async fn command(&self, arguments: &[&str]) -> (bool, String) {
        let done = Command::new(program())
            .args(arguments)
            .env("HUIYIN_DATABASE_URL", &self.url)
            .env("HUIYIN_TOKEN_KEY", TOKEN_KEY)
            .env("HUIYIN_SECRET_KEY", SECRET_KEY)
            .env("HUIYIN_FILES", &self.files)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .output()
            .await
            .unwrap();
        let said = [done.stdout, done.stderr].concat();
        (done.status.success(), String::from_utf8(said).unwrap())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The number of its process.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).unwrap()
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.child.as_mut().unwrap().kill().await.unwrap();
    }
}
