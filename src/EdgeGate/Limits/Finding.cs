namespace EdgeGate.Limits;

/// <summary>Something about this machine and this configuration that the operator should know.</summary>
/// <param name="Severity">An error means that the configuration promises what the machine cannot hold.</param>
/// <param name="Id">A short name that does not change between versions.</param>
/// <param name="Title">The matter in one line.</param>
/// <param name="Found">What is.</param>
/// <param name="Wanted">What should be, or null where nothing else is wanted.</param>
/// <param name="Symptom">What a user would see, and which counter shows it.</param>
/// <param name="Remedy">The line that mends it, or null where there is nothing to mend.</param>
/// <param name="Where">Where the line belongs, or null where it says that by itself.</param>
internal sealed record Finding(
    Severity Severity, string Id, string Title, string Found, string? Wanted, string Symptom, string? Remedy,
    string? Where = null)
{
    /// <summary>One whose remedy depends on where the gateway runs.</summary>
    public Finding(
        Severity severity, string id, string title, string found, string? wanted, string symptom, Remedy? remedy)
        : this(severity, id, title, found, wanted, symptom, remedy?.Line, remedy?.Where)
    {
    }
}
