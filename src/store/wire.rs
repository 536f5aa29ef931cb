//! How a PostgreSQL server is spoken to: readers' addresses cross this wire. Off this machine TLS with a verified
//! certificate is what is tried when the address says nothing else.

use sqlx::postgres::{PgConnectOptions, PgPool, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::StoreError;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionSecurity {
    /// It does not leave this machine.
    Local,
    /// TLS, and the server has shown that it is the one that is meant.
    Verified,
    Encrypted,
    /// Everybody on the way can read it.
    Plain,
}

/// Connects once, and says with which options to connect from then on.
pub(super) async fn probe(options: PgConnectOptions) -> Result<PgConnectOptions, StoreError> {
    // `prefer` is what stands there when nothing was said; who wants no TLS says `disable`.
    if is_local(&options) || !matches!(options.get_ssl_mode(), PgSslMode::Prefer) {
        connect(&options).await?;
        return Ok(options);
    }
    let verified = options.clone().ssl_mode(PgSslMode::VerifyFull);
    match connect(&verified).await {
        Ok(()) => Ok(verified),
        Err(StoreError::Database(sqlx::Error::Tls(why))) if why.to_string() == NO_TLS => {
            let plain = options.ssl_mode(PgSslMode::Disable);
            connect(&plain).await?;
            tracing::warn!(
                "the database server speaks no TLS: readers' addresses cross the network in the clear; switch it on there, \
                 or write `?sslmode=disable` behind the address to say that this is meant"
            );
            Ok(plain)
        }
        Err(error) => Err(error),
    }
}

/// The driver's words when the server declines.
const NO_TLS: &str = "server does not support TLS";

async fn connect(options: &PgConnectOptions) -> Result<(), StoreError> {
    match options.connect().await {
        Ok(connection) => Ok(connection.close().await?),
        Err(error) => Err(match certificate_problem(&error) {
            Some(problem) => StoreError::Certificate(problem),
            None => error.into(),
        }),
    }
}

/// What is wrong with the server's certificate, if that is what is wrong.
fn certificate_problem(error: &sqlx::Error) -> Option<String> {
    let text = match error {
        sqlx::Error::Tls(error) => error.to_string(),
        sqlx::Error::Io(error) => error.to_string(),
        _ => return None,
    };
    text.contains("certificate").then(|| text.trim_start_matches("invalid peer certificate: ").to_owned())
}

/// How the pool's connections are protected.
pub(super) async fn of(pool: &PgPool) -> Result<ConnectionSecurity, StoreError> {
    let options = pool.connect_options();
    if is_local(&options) {
        return Ok(ConnectionSecurity::Local);
    }
    let encrypted: bool = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .fetch_optional(pool)
        .await?
        .unwrap_or(false);
    let verifies = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull | PgSslMode::VerifyCa);
    Ok(match (encrypted, verifies) {
        (false, _) => ConnectionSecurity::Plain,
        (true, false) => ConnectionSecurity::Encrypted,
        (true, true) => ConnectionSecurity::Verified,
    })
}

/// Whether the server is on this machine, by its address.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}
