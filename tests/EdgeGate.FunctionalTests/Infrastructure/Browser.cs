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

    /// <summary>What the page complained about: errors of scripts, what the policy forbade, what could not be loaded.</summary>
    public IEnumerable<string> Complaints => _driver.Manage().Logs.GetLog(LogType.Browser)
        .Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Message);

    public void Dispose()
    {
        _driver.Dispose();
        _profile.Dispose();
    }
}
