//! `huiyin admin`.

use std::io::{BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};

use super::{Config, Failure, log, migrate, open, print};
use crate::access::password::Passwords;
use crate::app::clock::Clock;
use crate::app::dice::Dice;
use crate::organization::admin::{Desk, NewOrganization};
use crate::settings;
use crate::settings::telemetry::Telemetry;

/// The variable that holds the password, so that it stands neither on the command line nor in its history.
const PASSWORD: &str = "HUIYIN_ADMIN_PASSWORD";

const CREATE_EXAMPLES: &str = "\
The password comes from HUIYIN_ADMIN_PASSWORD; without it, it is asked for and shown while you type.

Example:
  huiyin admin create-organization --code luyuan --name 绿源物业 --admin-phone 13800000000 --admin-name 王敏";
const RESET_EXAMPLES: &str = "\
The password comes from HUIYIN_ADMIN_PASSWORD; without it, it is asked for and shown while you type.
Whoever is signed in to the account is signed out. A second factor stays, unless --remove-second-factor is given.

Example:
  huiyin admin reset-password --organization luyuan --phone 13800000000";

#[derive(Subcommand)]
pub enum Admin {
    /// Set up an organization with its first administrator
    #[command(after_help = CREATE_EXAMPLES)]
    CreateOrganization(CreateOrganization),
    /// Set a new password for an account and end its sessions
    #[command(after_help = RESET_EXAMPLES)]
    ResetPassword(ResetPassword),
}

#[derive(Args)]
pub struct CreateOrganization {
    /// A short code, for people who belong to several organizations: a-z, 0-9 and hyphens
    #[arg(long)]
    code: String,
    /// The organization's name
    #[arg(long)]
    name: String,
    /// The phone number that the first administrator signs in with
    #[arg(long, value_name = "PHONE")]
    admin_phone: String,
    /// The first administrator's name
    #[arg(long, value_name = "NAME")]
    admin_name: String,
    #[command(flatten)]
    config: Config,
}

#[derive(Args)]
pub struct ResetPassword {
    /// The organization's code
    #[arg(long, value_name = "CODE")]
    organization: String,
    /// The phone number that the person signs in with
    #[arg(long)]
    phone: String,
    /// Remove the account's second factor as well, for somebody who has lost it
    #[arg(long)]
    remove_second_factor: bool,
    #[command(flatten)]
    config: Config,
}

/// Does what is asked.
pub async fn run(admin: Admin) -> Result<(), Failure> {
    match admin {
        Admin::CreateOrganization(new) => create_organization(new).await,
        Admin::ResetPassword(reset) => reset_password(reset).await,
    }
}

async fn create_organization(options: CreateOrganization) -> Result<(), Failure> {
    let CreateOrganization { code, name, admin_phone, admin_name, config } = options;
    let desk = desk(config).await?;
    let new = NewOrganization { code, name, admin_phone, admin_name, password: password()? };
    desk.create_organization(&new).await?;
    print(&format!("{} is set up. {} can sign in with {}.", new.name, new.admin_name, new.admin_phone))
}

async fn reset_password(options: ResetPassword) -> Result<(), Failure> {
    let ResetPassword { organization, phone, remove_second_factor, config } = options;
    let desk = desk(config).await?;
    let name = desk.reset_password(&organization, &phone, &password()?, remove_second_factor).await?;
    let factor = if remove_second_factor { " The second factor is removed." } else { "" };
    print(&format!("{name} has a new password and is signed out everywhere.{factor}"))
}

async fn desk(config: Config) -> Result<Desk, Failure> {
    let storage = config.storage()?;
    let _telling = log::start(&storage.log, &Telemetry::default())?;
    let db = open(&storage).await?;
    migrate::require_current(&db).await?;
    let dice = Dice::system();
    Ok(Desk { db, clock: Clock::System, passwords: Passwords::new(&dice)?, dice })
}

fn password() -> Result<String, Failure> {
    if let Some(password) = settings::process(PASSWORD) {
        return Ok(password);
    }
    let input = std::io::stdin();
    if input.is_terminal() {
        let mut out = std::io::stderr().lock();
        write!(out, "Password (shown while you type): ")?;
        out.flush()?;
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() { Err(format!("no password: set {PASSWORD} or type one").into()) } else { Ok(password) }
}
