using Deque.AxeCore.Commons;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>A real Chromium without a window, with a profile of its own.</summary>
internal sealed class Browser : IDisposable
{
    private static readonly string[] Switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--window-size=1280,900",
    ];

    private readonly TemporaryFolder _profile;
    private readonly ChromeDriver _driver;

    private Browser(ChromeDriver driver, TemporaryFolder profile) => (_driver, _profile) = (driver, profile);

    public static async Task<Browser> StartAsync(CancellationToken token)
    {
        string chromium = await Tool.RequireAsync("chromium", token);
        string driver = await Tool.RequireAsync("chromedriver", token);
        var profile = new TemporaryFolder();
        var options = new ChromeOptions { BinaryLocation = chromium };
        options.AddArguments([.. Switches, "--user-data-dir=" + profile.Path]);
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver), Path.GetFileName(driver));
        return new Browser(new ChromeDriver(service, options, TimeSpan.FromSeconds(60)), profile);
    }

    public Task OpenAsync(Uri page) => _driver.Navigate().GoToUrlAsync(page);

    public IWebElement Find(string selector) => _driver.FindElement(By.CssSelector(selector));

    /// <summary>How many elements there are.</summary>
    public int Count(string selector) => _driver.FindElements(By.CssSelector(selector)).Count;

    /// <summary>The text of the element, as it is shown; empty if there is none yet.</summary>
    public string Text(string selector)
    {
        try
        {
            return Find(selector).Text;
        }
        catch (WebDriverException)
        {
            return ""; // not there yet, or replaced while it was read
        }
    }

    /// <summary>The text of what has the focus.</summary>
    public string FocusedText => _driver.SwitchTo().ActiveElement().Text;

    /// <summary>Presses keys where the focus is.</summary>
    public void Press(string keys) => new OpenQA.Selenium.Interactions.Actions(_driver).SendKeys(keys).Perform();

    public object? Run(string script) => _driver.ExecuteScript(script);

    /// <summary>Has the page believe that its reader prefers a scheme, light or dark, and how wide it is, in pixels.</summary>
    public void Emulate(string scheme, int width)
    {
        var preference = new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = scheme };
        _driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new() { ["features"] = new[] { preference } });
        _driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new()
        {
            ["width"] = width,
            ["height"] = 900,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        });
    }

    /// <summary>What axe-core finds against WCAG 2.2, levels A and AA, and its best practices: a line each.</summary>
    public IReadOnlyList<string> FindBarriers()
    {
        _driver.ExecuteScript(new BundledAxeScriptProvider().GetScript());
        var found = (IEnumerable<object>?)_driver.ExecuteAsyncScript("""
            const tell = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(found => tell(found.violations.map(
                violation => violation.id + ': ' + violation.help + ': ' + violation.nodes.map(node => node.html).join(' '))));
            """);
        return [.. found!.Cast<string>()];
    }

    /// <summary>What the page is to a screen reader: role and name of everything that is not ignored, in order.</summary>
    public IReadOnlyList<string> ReadAloud()
    {
        _driver.ExecuteCdpCommand("Accessibility.enable", []);
        var tree = (Dictionary<string, object>)_driver.ExecuteCdpCommand("Accessibility.getFullAXTree", [])!;
        return [.. ((IEnumerable<object>)tree["nodes"]).Cast<Dictionary<string, object>>()
            .Where(node => node["ignored"] is false)
            .Where(node => ValueOf(node, "role") is not "InlineTextBox") // the lines of a text that is there already
            .Select(node => $"{ValueOf(node, "role")} {ValueOf(node, "name")} {ValueOf(node, "value")}".Trim())];
    }

    private static object? ValueOf(Dictionary<string, object> node, string key) =>
        node.GetValueOrDefault(key) is Dictionary<string, object> property ? property.GetValueOrDefault("value") : null;

    /// <summary>What the page complained about: errors of scripts, what the policy forbade, what could not be loaded.</summary>
    public IEnumerable<string> Complaints => _driver.Manage().Logs.GetLog(LogType.Browser)
        .Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Message);

    public void Dispose()
    {
        _driver.Dispose();
        _profile.Dispose();
    }
}
