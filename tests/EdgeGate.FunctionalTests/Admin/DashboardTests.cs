using System.Net;
using System.Net.Sockets;
using EdgeGate.FunctionalTests.Daemon;
using EdgeGate.FunctionalTests.Infrastructure;
using EdgeGate.FunctionalTests.Layer4;
using OpenQA.Selenium;

namespace EdgeGate.FunctionalTests.Admin;

/// <summary>The dashboard in a real browser.</summary>
public sealed class DashboardTests : DaemonTests, IAsyncLifetime
{
    private const string Open = "#tiles .value";
    private const string Rows = "#rows tbody tr";

    private readonly TcpUpstream _echo = TcpUpstream.Echo();
    private readonly DaemonConfiguration _configuration = new();
    private IPEndPoint _relay = null!;
    private Browser? _browser;

    public async ValueTask InitializeAsync()
    {
        _relay = _configuration.Relay("relay", _echo.EndPoint);
        _configuration.Relay("other", _echo.EndPoint);
        _browser = await Browser.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        _browser?.Dispose();
        await _echo.DisposeAsync();
        Dispose();
    }

    [Fact]
    public async Task It_shows_what_is_open_finds_it_and_ends_it()
    {
        await using var daemon = await DaemonProcess.StartAsync(_configuration);
        Browser browser = _browser!;
        await browser.OpenAsync(daemon.Admin.BaseAddress!);
        await ShowsAsync("#state", "Ready");
        await ShowsAsync(Open, "0");
        await ShowsAsync("#no-rows", "Nobody is connected.");

        var clients = new List<Socket>();
        for (int i = 0; i < 5; i++)
        {
            clients.Add(await ConnectAsync());
        }

        await ShowsAsync(Open, "5");
        await CountAsync(Rows, 5);
        await ShowsAsync("#listeners tbody", "relay");
        await ShowsAsync("#upstreams tbody", _echo.EndPoint.ToString());

        string victim = clients[3].LocalEndPoint!.ToString()!;
        browser.Find("#find").SendKeys(victim);
        await CountAsync(Rows, 1);
        await ShowsAsync(Rows, victim);
        await ShowsAsync("#connections-note", "1 that match, 5 open");

        // By keys alone, as one who sees no pointer does it; at first the focus is on the harmless answer.
        browser.Run($"document.querySelector('{Rows} button.end').focus()");
        browser.Press(Keys.Enter);
        await Until.TrueAsync(() => browser.FocusedText == "Keep it", what: "the question to be asked");
        Assert.Contains(victim, browser.Text("#kill-what"), StringComparison.Ordinal);
        browser.Press(Keys.Escape);
        await Until.TrueAsync(() => browser.FocusedText == "End", what: "the question to be gone, and the focus to be back");
        browser.Press(Keys.Enter);
        await Until.TrueAsync(() => browser.FocusedText == "Keep it", what: "the question to be asked again");
        browser.Press(Keys.Tab);
        browser.Press(Keys.Enter);

        await Assert.ThrowsAsync<SocketException>(() => clients[3].ReceiveToEndAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        await ShowsAsync("#connections-note", "0 that match, 4 open");
        await Until.TrueAsync(() => $"{browser.Run("return document.querySelector('#announcer').textContent")}".EndsWith("was reset.", StringComparison.Ordinal), what: "the end to be announced");
        AssertQuiet(daemon.Admin.BaseAddress!);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_table_is_sorted_and_cut_as_asked()
    {
        await using var daemon = await DaemonProcess.StartAsync(_configuration);
        Browser browser = _browser!;
        await browser.OpenAsync(daemon.Admin.BaseAddress!);
        using var first = await ConnectAsync(bytes: 100);
        using var second = await ConnectAsync(bytes: 5000);
        await CountAsync(Rows, 2);

        browser.Find("#sorts th:nth-child(7) button").Click();

        await ShowsAsync(Rows, second.LocalEndPoint!.ToString()!);
        Assert.Equal("descending", browser.Find("#sorts th:nth-child(7)").GetAttribute("aria-sort"));
        browser.Find("#sorts th:nth-child(7) button").Click();
        await ShowsAsync(Rows, first.LocalEndPoint!.ToString()!);
        Assert.Equal("ascending", browser.Find("#sorts th:nth-child(7)").GetAttribute("aria-sort"));
        browser.Run("document.querySelector('#listener').value = 'other'; document.querySelector('#listener').dispatchEvent(new Event('change'))");
        await ShowsAsync("#no-rows", "No connection matches.");
        AssertQuiet(daemon.Admin.BaseAddress!);
    }

    [Fact]
    public async Task Who_does_not_see_it_is_told_all_of_it()
    {
        await using var daemon = await DaemonProcess.StartAsync(_configuration);
        Browser browser = _browser!;
        await browser.OpenAsync(daemon.Admin.BaseAddress!);
        using var client = await ConnectAsync();
        await CountAsync(Rows, 1);

        foreach (var (scheme, width) in new[] { ("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390) })
        {
            browser.Emulate(scheme, width);
            Assert.Empty(browser.FindBarriers().Select(barrier => $"{scheme}, {width} pixels: {barrier}"));
        }

        IReadOnlyList<string> told = browser.ReadAloud();
        Report(string.Join('\n', told));
        foreach (string expected in new[]
        {
            "heading EdgeGate", "heading Headroom", "heading Findings", "heading Connections", "link Skip to the connections",
            "button Pause", "searchbox Find connections", "combobox Listener All listeners", "columnheader Client → upstream",
        })
        {
            Assert.Contains(expected, told);
        }

        Assert.Contains(told, line => line.StartsWith("button End", StringComparison.Ordinal)
            && line.Contains(client.LocalEndPoint!.ToString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_asks_for_the_token_and_says_when_the_gateway_is_gone()
    {
        const string Secret = "correct-horse-battery-staple";
        _configuration.With("Admin", $$"""{ "Bind": "127.0.0.1:{{_configuration.AdminPort}}", "Token": "{{Secret}}" }""");
        var daemon = await DaemonProcess.StartAsync(_configuration);
        Browser browser = _browser!;
        await browser.OpenAsync(daemon.Admin.BaseAddress!);
        await ShowsAsync("#login-title", "asks for its token");

        browser.Find("#token").SendKeys("wrong" + Keys.Enter);
        await ShowsAsync("#login-wrong", "did not take this token");
        browser.Find("#token").Clear();
        browser.Find("#token").SendKeys(Secret + Keys.Enter);
        await ShowsAsync("#state", "Ready");

        await daemon.DisposeAsync();
        await ShowsAsync("#state", "No answer");
        await ShowsAsync("#banner", "What stands here is old");
    }

    private void AssertQuiet(Uri own)
    {
        Assert.Empty(_browser!.Complaints);
        var loaded = (IEnumerable<object>)_browser.Run("return performance.getEntriesByType('resource').map(entry => entry.name)")!;
        Assert.All(loaded, name => Assert.StartsWith(own.ToString(), (string)name, StringComparison.Ordinal));
    }

    private Task ShowsAsync(string selector, string text) => Until.TrueAsync(
        () => _browser!.Text(selector).Contains(text, StringComparison.Ordinal), what: $"{selector} to show '{text}', not '{_browser!.Text(selector)}'");

    private Task CountAsync(string selector, int count) =>
        Until.TrueAsync(() => _browser!.Count(selector) == count, what: $"{count} of {selector}, not {_browser!.Count(selector)}");

    private async Task<Socket> ConnectAsync(int bytes = 1)
    {
        var client = await _relay.ConnectAsync();
        byte[] sent = new byte[bytes];
        await client.SendAllAsync(sent);
        await client.ReceiveExactlyAsync(sent).WaitAsync(TimeSpan.FromSeconds(5));
        return client;
    }
}
