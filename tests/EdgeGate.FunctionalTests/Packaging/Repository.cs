namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>The sources that this was built from: packages are built of them.</summary>
internal static class Repository
{
    /// <summary>Its folder; the test is skipped where only the build is.</summary>
    public static string Require()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeGate.sln")))
            {
                return folder.FullName;
            }
        }

        Assert.Skip("the sources are not here");
        throw new InvalidOperationException();
    }
}
