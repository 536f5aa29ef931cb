//! A name server of the test's own. Knows no question but those it was told the answers to.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};

use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::{RData, Record};

/// Answers questions by what it was told; everything else does not exist. Lives as long as the process.
pub(crate) fn name_server(records: Vec<(String, RData)>) -> SocketAddr {
    name_server_failing(records, &[])
}

/// The same, and of the names in `broken` it says that it cannot tell (SERVFAIL).
pub(crate) fn name_server_failing(records: Vec<(String, RData)>, broken: &[&str]) -> SocketAddr {
    let broken: Vec<String> = broken.iter().map(|name| format!("{name}.")).collect();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let mut zone: HashMap<String, Vec<RData>> = HashMap::new();
    for (name, data) in records {
        zone.entry(name).or_default().push(data);
    }
    std::thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((size, from)) = socket.recv_from(&mut buffer) {
            let question = Message::from_vec(&buffer[..size]).unwrap();
            let query = question.queries[0].clone();
            let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
            answer.metadata.recursion_desired = true;
            answer.metadata.recursion_available = true;
            let known = zone.get(&query.name().to_string()).cloned().unwrap_or_default();
            for data in known.into_iter().filter(|data| data.record_type() == query.query_type()) {
                answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
            }
            if broken.contains(&query.name().to_string()) {
                answer.metadata.response_code = ResponseCode::ServFail;
            } else if answer.answers.is_empty() {
                answer.metadata.response_code = ResponseCode::NXDomain;
            }
            answer.add_query(query);
            socket.send_to(&answer.to_vec().unwrap(), from).unwrap();
        }
    });
    address
}
