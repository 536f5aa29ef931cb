//! The public key in a certificate. Who issued it is not asked: it is as good as the place that it was had from.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// The key (SubjectPublicKeyInfo) in a certificate in PEM.
pub fn public_key(pem: &[u8]) -> Option<Vec<u8>> {
    let certificate = CertificateDer::from_pem_slice(pem).ok()?;
    let certificate = webpki::EndEntityCert::try_from(&certificate).ok()?;
    Some(certificate.subject_public_key_info().to_vec())
}
