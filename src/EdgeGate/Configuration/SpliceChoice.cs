namespace EdgeGate.Configuration;

internal enum SpliceChoice
{
    On,
    Off,
}
