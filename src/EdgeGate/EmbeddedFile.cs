namespace EdgeGate;

/// <summary>The files that the executable carries with it.</summary>
internal static class EmbeddedFile
{
    /// <summary>Reads one by its logical name.</summary>
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(EmbeddedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
