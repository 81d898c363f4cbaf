using System.Security.Cryptography;
using EdgeGate.Configuration;
using EdgeGate.Http;
using Microsoft.Extensions.Logging;

namespace EdgeGate.Daemon;

/// <summary>
/// Notices when the configuration file, its certificates or its tuning file change, where <c>ReloadOnChange</c> asks for
/// that. It watches their folders, because files are replaced more often than written to, and behind a symbolic link it
/// may be the link that changes, as in a volume of Kubernetes. What has changed is told by the content.
/// </summary>
internal sealed class ConfigurationWatcher(Action changed, ILogger log) : IDisposable
{
    /// <summary>How long nothing must have happened, so that a certificate and its key, written one after the other, are read together.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new(); // events come on the thread pool
    private readonly List<FileSystemWatcher> _folders = [];
    private Timer? _timer;
    private string _source = "";
    private string[] _files = [];
    private string _content = "";

    /// <summary>Watches the files of a configuration instead of those that were watched before.</summary>
    public void Watch(LoadedConfiguration loaded)
    {
        string[] files = loaded.Config is { ReloadOnChange: true } config && File.Exists(loaded.Source)
            ? [.. FilesOf(loaded.Source, config)]
            : [];
        lock (_lock)
        {
            _source = loaded.Source;
            if (files.SequenceEqual(_files))
            {
                return;
            }

            _folders.ForEach(folder => folder.Dispose());
            _folders.Clear();
            _files = files;
            _timer ??= new Timer(_ => Look());
            foreach (string folder in files.Select(file => Path.GetDirectoryName(file)!).Distinct())
            {
                WatchFolder(folder);
            }

            _content = ContentOf(files);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _folders.ForEach(folder => folder.Dispose());
            _folders.Clear();
            _timer?.Dispose();
        }
    }

    private static IEnumerable<string> FilesOf(string source, GatewayConfig config)
    {
        IEnumerable<string?> certificates = config.Listeners.SelectMany(listener => listener.Tls?.Files ?? [])
            .Concat(config.Clusters.SelectMany(cluster => UpstreamTlsOptions.Of(cluster.Metadata, config.Folder).Files));
        return certificates.Prepend(Path.GetFullPath(source)).Append(config.Kernel.TuningFile).Concat(config.Http.Policies.Files)
            .OfType<string>().Where(file => file.Length > 0).Distinct(StringComparer.Ordinal);
    }

    private static string ContentOf(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            try
            {
                hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                hash.AppendData([0]); // gone, which is a change too
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void WatchFolder(string folder)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite,
            };
            watcher.Changed += (_, _) => LookSoon();
            watcher.Created += (_, _) => LookSoon();
            watcher.Deleted += (_, _) => LookSoon();
            watcher.Renamed += (_, _) => LookSoon();
            watcher.Error += (_, _) => LookSoon(); // too much happened at once: inotify(7), IN_Q_OVERFLOW
            watcher.EnableRaisingEvents = true;
            _folders.Add(watcher);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            DaemonLog.CannotWatch(log, folder, e.Message); // fs.inotify.max_user_watches, or the folder has gone
        }
    }

    private void LookSoon()
    {
        lock (_lock)
        {
            if (_folders.Count > 0)
            {
                _timer!.Change(Quiet, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            string content = ContentOf(_files);
            if (_folders.Count == 0 || content == _content)
            {
                return;
            }

            _content = content;
        }

        DaemonLog.Changed(log, _source);
        changed();
    }
}
