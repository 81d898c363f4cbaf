namespace EdgeGate.Configuration;

internal enum ClientCertificateMode
{
    None,
    Request,
    Require,
}
