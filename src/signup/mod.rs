//! Readers come and go: request, confirm, leave, preferences, import, export. Every such write passes here.
