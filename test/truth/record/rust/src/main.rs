//! Asks the real AWS SDK for Rust which credential it finds in each machine state that is told on stdin, one JSON object per line.
//! The environment of this process becomes that of the state: there is one thread, and the SDK reads it anew each time.

use aws_config::retry::RetryConfig;
use aws_config::BehaviorVersion;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::Credentials;
use serde_json::{json, Value};
use std::error::Error;
use std::io::{BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

fn main() {
    if std::env::args().any(|argument| argument == "--version") {
        println!("{}", aws_config_version());
        return;
    }
    std::panic::set_hook(Box::new(|_| {}));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("stdin is text");
        if line.trim().is_empty() {
            continue;
        }
        let state: Value = serde_json::from_str(&line).expect("a line is JSON");
        let answer = catch_unwind(AssertUnwindSafe(|| answer(&state))).unwrap_or_else(|panic| {
            let says = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or(panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
            refused(&format!("panic: {says}"))
        });
        let mut out = std::io::stdout().lock();
        // The id stands first, by which an answer is known.
        writeln!(out, "{{\"id\":{},{}", state["id"], &ascii(&answer.to_string())[1..]).expect("stdout is open");
        out.flush().expect("stdout is open");
    }
}

fn answer(state: &Value) -> Value {
    for (name, _) in std::env::vars_os() {
        std::env::remove_var(name);
    }
    for (name, value) in state["env"].as_object().expect("env is an object") {
        std::env::set_var(name, value.as_str().expect("a variable is text"));
    }
    if let Some(cwd) = state["cwd"].as_str() {
        std::env::set_current_dir(cwd).expect("cwd is there");
    }
    let profile = state["profile"].as_str();
    let first = ask(profile);
    if !has_twins() {
        return first;
    }
    // Two spellings of one header are merged in the order of a hash table that is another one in each run. Of the answers that
    // come, the one whose key stands last in the files is told.
    let mut answers = vec![first];
    for _ in 0..40 {
        let again = ask(profile);
        if !answers.contains(&again) {
            answers.push(again);
        }
    }
    let text = profile_files().join("\n");
    let last = |answer: &Value| answer["accessKeyId"].as_str().and_then(|id| text.rfind(id));
    answers.into_iter().max_by_key(last).expect("at least one")
}

fn ask(profile: Option<&str>) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match runtime.block_on(find(profile)) {
        Ok(credentials) => json!({
            "accessKeyId": credentials.access_key_id(),
            "sessionToken": credentials.session_token(),
            "source": provider_name(&credentials),
            "error": null,
        }),
        Err(error) => refused(&error),
    }
}

/// Config and credentials, as far as they are where they usually are.
fn profile_files() -> Vec<String> {
    let home = std::env::var("HOME").unwrap_or_default();
    [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")]
        .iter()
        .map(|(variable, name)| {
            let path = std::env::var(variable).unwrap_or(format!("{home}/.aws/{name}"));
            std::fs::read_to_string(path.replacen('~', &home, 1)).unwrap_or_default()
        })
        .collect()
}

/// Whether a file has headers that differ in blanks only.
fn has_twins() -> bool {
    profile_files().iter().any(|text| {
        let mut raw: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with('['))
            .filter_map(|line| line.split(['#', ';']).next()?.trim_matches([' ', '\t']).strip_prefix('[')?.strip_suffix(']'))
            .collect();
        raw.sort();
        raw.dedup();
        let mut meant: Vec<String> = raw.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        meant.sort();
        meant.windows(2).any(|pair| pair[0] == pair[1])
    })
}

async fn find(profile: Option<&str>) -> Result<Credentials, String> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        // All that is asked stands on loopback without TLS.
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::disabled());
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let provider = config.credentials_provider().expect("a provider");
    provider.provide_credentials().await.map_err(|error| words(&error))
}

fn words(error: &CredentialsError) -> String {
    let class = match error {
        CredentialsError::CredentialsNotLoaded(_) => "CredentialsNotLoaded",
        CredentialsError::ProviderTimedOut(_) => "ProviderTimedOut",
        CredentialsError::InvalidConfiguration(_) => "InvalidConfiguration",
        CredentialsError::ProviderError(_) => "ProviderError",
        CredentialsError::Unhandled(_) => "Unhandled",
        _ => "Unknown",
    };
    let mut says = format!("{class}: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        says.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    says
}

fn refused(error: &str) -> Value {
    json!({ "accessKeyId": null, "sessionToken": null, "source": null, "error": error })
}

/// The SDK tells it only in its debugging text, which leaves the secrets out.
fn provider_name(credentials: &Credentials) -> Option<String> {
    let text = format!("{credentials:?}");
    let (_, rest) = text.split_once("provider_name: \"")?;
    rest.split_once('"').map(|(name, _)| name.to_owned())
}

/// The one that the lock file names.
fn aws_config_version() -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let (_, rest) = lock.split_once("name = \"aws-config\"\nversion = \"").expect("aws-config is locked");
    rest.split_once('"').expect("a version").0
}

/// JSON without characters that some readers take for the end of a line.
fn ascii(json: &str) -> String {
    let mut out = String::new();
    for unit in json.encode_utf16() {
        match unit {
            0x20..=0x7e => out.push(unit as u8 as char),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out
}
