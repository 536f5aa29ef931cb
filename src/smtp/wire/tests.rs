//! The account of the final dot over a carrier that splits and fails where a test says: no kernel does so on request.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::DuplexStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;

/// Takes at most `piece` bytes in a write, and none once `left` have gone.
struct Carrier {
    inner: DuplexStream,
    piece: usize,
    left: usize,
}

impl Carrier {
    fn new(inner: DuplexStream) -> Self {
        Self { inner, piece: usize::MAX, left: usize::MAX }
    }
}

impl AsyncRead for Carrier {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let fits = self.piece.min(self.left);
        if fits == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let taken: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).take(fits).collect();
        let written = Pin::new(&mut self.inner).poll_write(cx, &taken);
        if let Poll::Ready(Ok(written)) = written {
            self.left -= written;
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Room for all that is sent here, so that nothing waits for a reader.
const ROOM: usize = 1 << 20;

/// A wire without TLS, and its other end.
async fn plain() -> (Wire<Carrier>, Box<dyn AsyncRead + Unpin>) {
    let (ours, theirs) = tokio::io::duplex(ROOM);
    (Wire::new(Stream::Plain(Carrier::new(ours))), Box::new(theirs))
}

/// A wire inside TLS, shaken hands over, and its other end.
async fn encrypted() -> (Wire<Carrier>, Box<dyn AsyncRead + Unpin>) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["relay.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let server =
        server.unwrap().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], secret).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let client = client.unwrap().with_root_certificates(roots).with_no_client_auth();
    let (ours, theirs) = tokio::io::duplex(ROOM);
    let name = ServerName::try_from("relay.example").unwrap();
    let (ours, theirs) = tokio::join!(
        TlsConnector::from(Arc::new(client)).connect(name, Carrier::new(ours)),
        TlsAcceptor::from(Arc::new(server)).accept(theirs),
    );
    (Wire::new(Stream::Tls(Box::new(ours.unwrap().into()))), Box::new(theirs.unwrap()))
}

fn carrier(wire: &mut Wire<Carrier>) -> &mut Carrier {
    match &mut wire.stream {
        Stream::Plain(carrier) => carrier,
        Stream::Tls(stream) => stream.get_mut().0,
    }
}

/// Messages around every border there is: nothing, a line, one TLS record less the dot, with it, beyond it.
fn messages() -> Vec<Vec<u8>> {
    let lengths = [2, 40, 16 * 1024 - 4, 16 * 1024 - 3, 16 * 1024 - 2, 16 * 1024, 33 * 1024];
    lengths.iter().map(|length| [vec![b'x'; length - 2], b"\r\n".to_vec()].concat()).collect()
}

async fn rest(mut end: Box<dyn AsyncRead + Unpin>) -> Vec<u8> {
    let mut heard = Vec::new();
    // TLS that was cut off says so; what came before counts.
    let _ = end.read_to_end(&mut heard).await;
    heard
}

#[tokio::test]
async fn a_message_is_the_same_bytes_however_it_is_split() {
    for message in messages() {
        let whole = [&message[..], DOT].concat();
        for piece in [1, 2, 3, 4, 5, 7, whole.len() - 4, whole.len() - 3, whole.len() - 2, whole.len() - 1, whole.len()]
        {
            for is_tls in [false, true] {
                let (mut wire, end) = if is_tls { encrypted().await } else { plain().await };
                carrier(&mut wire).piece = piece;
                let mut dot_may_have_left = false;
                let sent = wire.send_message(&message, &mut dot_may_have_left).await;
                assert!(sent.is_ok() && dot_may_have_left, "{} bytes by {piece}, TLS {is_tls}", whole.len());
                wire.close().await;
                let heard = rest(end).await;
                assert!(heard == whole, "{} bytes by {piece}, TLS {is_tls}: {} came", whole.len(), heard.len());
            }
        }
    }
}

#[tokio::test]
async fn a_write_that_fails_without_tls_is_a_definite_no_until_the_whole_dot_is_out() {
    let message = b"Subject: x\r\n\r\ntext\r\n";
    for left in 0..=message.len() + DOT.len() {
        let (mut wire, end) = plain().await;
        carrier(&mut wire).left = left;
        carrier(&mut wire).piece = 5;
        let mut dot_may_have_left = false;
        let sent = wire.send_message(message, &mut dot_may_have_left).await;
        let is_whole = left == message.len() + DOT.len();
        assert_eq!((sent.is_ok(), dot_may_have_left), (is_whole, is_whole), "{left} bytes went");
        drop(wire);
        assert_eq!(rest(end).await.len(), left);
    }
}

#[tokio::test]
async fn a_write_that_fails_below_tls_is_in_doubt_exactly_when_the_dot_was_in_the_record() {
    for message in messages() {
        let records = (message.len() + DOT.len()).div_ceil(16 * 1024);
        for failing in 0..records {
            let (mut wire, end) = encrypted().await;
            // A record of TLS 1.3 has 22 bytes beside its text (RFC 8446 5.2).
            carrier(&mut wire).left = failing * (16 * 1024 + 22);
            let mut dot_may_have_left = false;
            let sent = wire.send_message(&message, &mut dot_may_have_left).await;
            assert!(matches!(sent, Err(Interrupted::Failed(_))), "{} bytes, record {failing}", message.len());
            drop(wire);
            let heard = rest(end).await;
            assert!(!heard.ends_with(DOT), "the test let the dot go");
            assert_eq!(dot_may_have_left, failing + 1 == records, "{} bytes, record {failing}", message.len());
        }
    }
}
