//! Coranto: a weekly newsletter that you run yourself.
//!
//! Layers are top-level modules; inside a layer there is one file per noun. Reading order, from the ground up:
//!
//! * ground, which knows nothing of newsletters: [`clock`], [`dns`], [`private`], [`secret`], [`token`], [`telemetry`], [`words`], [`figures`], [`witness`], [`journal`];
//! * rules, which are pure: [`domain`], [`content`] (Markdown to parts), [`message`] (parts and a recipient to bytes);
//! * the wire and the disk: [`smtp`], [`store`] (all SQL and nothing but SQL);
//! * [`images`] (an issue's pictures, written anew), [`templates`] and [`config`];
//! * use cases, through which every write passes: [`signup`], [`accounts`], [`publishing`], [`delivery`], [`inbound`], [`upkeep`], [`backup`];
//! * [`wiring`], from the configuration to what each part is told, and [`doctor`], which looks at all of it;
//! * what other programs are told: [`resources`];
//! * faces: [`web`], [`cli`]; and [`supervise`], which starts and stops it all.
//!
//! Arrows point downward only; `docs/architecture.md` has them, and a test holds them.

pub mod accounts;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod delivery;
pub mod dns;
pub mod doctor;
pub mod domain;
pub mod figures;
pub mod https;
pub mod images;
pub mod inbound;
pub mod journal;
pub mod message;
pub mod private;
pub mod publishing;
pub mod resources;
pub mod secret;
pub mod signup;
pub mod smtp;
pub mod store;
pub mod supervise;
pub mod telemetry;
pub mod templates;
pub mod token;
pub mod upkeep;
pub mod web;
pub mod wiring;
pub mod witness;
pub mod words;
