//! `huiyin demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::serve::{background, figures, listen, told_to_stop};
use super::{Failure, log, print};
use crate::demo::{self, SignIn};
use crate::edge;
use crate::settings::{self, telemetry::Telemetry};

/// How long a stop waits for requests.
const SHUTDOWN: Duration = Duration::from_secs(5);

pub const EXAMPLES: &str = "\
Examples:
  huiyin demo                                    at http://127.0.0.1:8080, data in ./huiyin-demo.db
  huiyin demo --fresh                            throws the demo's data away and invents them again
  huiyin demo --listen 127.0.0.1:9000            when the port is taken
  huiyin demo --database /tmp/other.db --seed 7  another world

Everything in it is invented, and its key is known to all: never put real people into it.";

#[derive(Args)]
pub struct Demo {
    /// The address to listen at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The file that keeps the data; made when it is missing
    #[arg(long, value_name = "FILE", default_value = "./huiyin-demo.db")]
    database: PathBuf,
    /// Which world is invented: the same number invents the same
    #[arg(long, value_name = "NUMBER", default_value_t = 20_260_101)]
    seed: u64,
    /// Throw the data away and invent them again
    #[arg(long)]
    fresh: bool,
}

/// Serves the demo until Ctrl-C or SIGTERM.
pub async fn run(options: Demo) -> Result<(), Failure> {
    let telemetry = Telemetry::from_env(settings::process).map_err(|problems| settings::tell(&problems))?;
    let filter = settings::process("HUIYIN_LOG").unwrap_or_else(|| "info,sea_orm_migration=warn".to_owned());
    let _telling = log::start(&filter, &telemetry)?;
    // A port that is taken is said at once; but nobody is kept waiting at one that does not answer yet.
    drop(listen(options.listen, "--listen ").await?);
    if options.fresh || !options.database.exists() {
        tracing::info!(file = %options.database.display(), "inventing the demo's data; this takes a moment");
    }
    let demo = demo::prepare(&options.database, options.seed, options.fresh).await?;
    let listener = listen(options.listen, "--listen ").await?;
    print(&welcome(listener.local_addr()?, &demo.sign_ins))?;
    let config = edge::Config { open_introspection: true, ..edge::Config::default() };
    let figures = figures(demo.app.clone(), &telemetry).await?;
    let background = background(&demo.app);
    let served = edge::serve(demo.app, config, listener, told_to_stop(), SHUTDOWN).await;
    background.abort();
    figures.abort();
    served?;
    Ok(())
}

fn welcome(address: SocketAddr, sign_ins: &[SignIn]) -> String {
    // A browser cannot open the address that stands for all.
    let host = if address.ip().is_unspecified() { "localhost".to_owned() } else { host(address) };
    let base = format!("http://{host}:{}", address.port());
    let table = table(sign_ins);
    format!(
        "\nHuiyin 回音, DEMO: every person, place and case is invented.\n\n  API       {base}/graphql\n  \
         Explorer  {base}/graphiql\n\nDEMO sign-ins (phone and password for `signIn`):\n\n{table}\n\nText messages (`requestCode`) are \
         shown here. Stop with Ctrl-C."
    )
}

fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

fn table(sign_ins: &[SignIn]) -> String {
    let heading = ["Role", "Name", "Phone", "Password", "Note"].map(str::to_owned);
    let rows = sign_ins.iter().cloned().map(|s| [s.role, s.name, s.phone, s.password, s.note]);
    let rows: Vec<[String; 5]> = std::iter::once(heading).chain(rows).collect();
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or_default();
    let widths: [usize; 5] = std::array::from_fn(widest);
    let lines: Vec<String> = rows.iter().map(|row| line(row, widths)).collect();
    lines.join("\n")
}

fn line(row: &[String; 5], widths: [usize; 5]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide - width(cell))));
    format!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end())
}

/// How many columns of a terminal a text takes: Chinese characters and full-width signs take two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}')
            {
                2
            } else {
                1
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_with_chinese_and_latin_names() {
        let sign_in = |role: &str, name: &str| SignIn {
            role: role.to_owned(),
            name: name.to_owned(),
            phone: "13800000000".to_owned(),
            password: "demo".to_owned(),
            note: "客服".to_owned(),
        };
        let table = table(&[sign_in("客户服务部主管", "王敏"), sign_in("Resident", "Li")]);
        let columns: Vec<usize> = table
            .lines()
            .map(|line| width(line.split_once("13800000000").or_else(|| line.split_once("Phone")).unwrap().0))
            .collect();
        assert_eq!(columns, [columns[0]; 3], "{table}");
    }
}
