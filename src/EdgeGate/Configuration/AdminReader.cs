namespace EdgeGate.Configuration;

/// <summary>Reads <c>EdgeGate:Admin</c>, for the daemon and for the commands that talk to it.</summary>
internal sealed class AdminReader(string? folder)
{
    private const string Advice =
        "a token has at least 16 visible characters; make one with: openssl rand -hex 32";

    public AdminConfig Read(SectionReader section)
    {
        var admin = new AdminConfig();
        admin = section.Bind("Bind", section.Text("Bind")) is { } bind ? admin with { Bind = bind } : admin;
        admin = admin with { Token = ReadToken(section), TakeoverSocket = ReadTakeover(section) };
        section.RejectUnknown();
        return admin;
    }

    /// <summary>What a configuration says of the admin address, whatever else is wrong with it.</summary>
    public static AdminConfig ReadAlone(LoadedConfiguration loaded)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(loaded.Source));
        var ignored = new ConfigurationReport(loaded.Source, JsonMap.Read(loaded.Source, "{}"u8.ToArray()), new Dictionary<string, string>());
        return new AdminReader(folder).Read(new SectionReader(loaded.Root.GetSection("EdgeGate:Admin"), ignored));
    }

    private static string ReadTakeover(SectionReader section)
    {
        string text = section.Text("TakeoverSocket") is { Length: > 0 } given ? given : AdminConfig.AutoTakeover;
        string? known = new[] { AdminConfig.AutoTakeover, AdminConfig.NoTakeover }
            .FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (known is null && !BindAddress.IsUnixPath(text))
        {
            section.Error(
                "TakeoverSocket",
                $"'{text}' is neither \"auto\" nor \"off\" nor an absolute path of at most 103 bytes, such as /run/edgegate/takeover.sock");
            return AdminConfig.AutoTakeover;
        }

        return known ?? text;
    }

    private AdminToken? ReadToken(SectionReader section)
    {
        string? text = section.Text("Token");
        string? file = section.Text("TokenFile");
        if (!string.IsNullOrEmpty(text) && !string.IsNullOrEmpty(file))
        {
            section.Error("TokenFile", "there is a Token too; keep one of them");
            return null;
        }

        if (!string.IsNullOrEmpty(file))
        {
            return ReadFile(section, GatewayReader.Resolve(file, folder));
        }

        return string.IsNullOrEmpty(text) ? null : Checked(section, "Token", text);
    }

    private static AdminToken? ReadFile(SectionReader section, string file)
    {
        if (TlsFiles.WhyUnreadable(file) is { } why)
        {
            section.Error("TokenFile", why);
            return null;
        }

        return Checked(section, "TokenFile", File.ReadAllText(file).Trim());
    }

    private static AdminToken? Checked(SectionReader section, string key, string text)
    {
        if (AdminToken.IsValid(text))
        {
            return new AdminToken(text);
        }

        section.Error(key, Advice);
        return null;
    }
}
