//! A reader in front of a page: finds the form's hidden fields, as a browser sends them. Knows no rule.

use std::net::SocketAddr;

use super::http::{Response, get, post};

/// The value of a hidden field of a page.
pub(crate) fn hidden(html: &str, name: &str) -> String {
    let field = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let rest = html.split_once(&field).unwrap_or_else(|| panic!("no field {name} in {html}")).1;
    unescaped(rest.split('"').next().unwrap())
}

/// The value of an attribute, as a browser reads it.
pub(crate) fn unescaped(value: &str) -> String {
    value.replace("&#x2F;", "/").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// Opens the form of a server and sends it with these fields.
pub(crate) async fn sign_up(server: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Response {
    sign_up_at(server, &server.to_string(), path, fields).await
}

/// The same with a server whose public name is another, as behind a proxy that passes the name on.
pub(crate) async fn sign_up_at(server: SocketAddr, host: &str, path: &str, fields: &[(&str, &str)]) -> Response {
    let page = get(path).header("host", host).send_to(server).await.unwrap();
    let stamp = hidden(page.text(), "stamp");
    let fields: Vec<_> = fields.iter().copied().chain([("stamp", stamp.as_str())]).collect();
    post(path).form(&fields).header("host", host).send_to(server).await.unwrap()
}
