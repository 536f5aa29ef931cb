//! The door that providers come in by: every provider, what it tells, and who only says so.

mod amazon;
mod correlation;
mod forged;
mod provider;
mod recipe;
mod routes;
mod telling;
