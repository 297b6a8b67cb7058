using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>A program of <c>Tests/Apps/node</c> as a process, with the packages of its lock file: those on <c>NODE_PATH</c>, or beside it.</summary>
internal sealed class NodeProgram : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private static readonly string _folder = RepositoryFolder.Combine("Tests", "Apps", "node");
    private static readonly Lazy<string> _packages = new(FindPackages);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeProgram(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a program.</summary>
    /// <param name="script">Its file.</param>
    /// <param name="environment">What it has in its environment beside the packages.</param>
    public static NodeProgram Start(string script, params IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new("node", [Path.Combine(_folder, script)])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_PATH"] = _packages.Value;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new NodeProgram(Process.Start(start)!);
    }

    /// <summary>Writes all that it reads as its input.</summary>
    public async Task WriteInputAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        _process.StandardInput.Close();
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<string> LineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(_limit);
        if (line is null)
        {
            Assert.Fail($"The program ended: {await _errors}");
        }

        return line!;
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate() => ProcessSignal.Send(_process, "TERM");

    /// <summary>Waits for its end, which must be a success; returns what it printed as errors.</summary>
    public async Task<string> EndAsync()
    {
        using CancellationTokenSource late = new(_limit);
        await _process.WaitForExitAsync(late.Token);
        string errors = await _errors;
        Assert.That(_process.ExitCode, Is.Zero, errors);
        return errors;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string FindPackages()
    {
        string beside = Path.Combine(_folder, "node_modules");
        using JsonDocument wanted = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "package.json")));
        foreach (string folder in (string[])[.. (Environment.GetEnvironmentVariable("NODE_PATH") ?? "").Split(':'), beside])
        {
            if (wanted.RootElement.GetProperty("dependencies").EnumerateObject().All(package => VersionIn(folder, package.Name) == package.Value.GetString()))
            {
                return folder;
            }
        }

        throw new AssertionException($"{beside} lacks packages of package.json. Install them: npm ci --ignore-scripts --prefix Tests/Apps/node");
    }

    private static string? VersionIn(string folder, string package)
    {
        string path = Path.Combine(folder, package, "package.json");
        if (!File.Exists(path))
        {
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.GetProperty("version").GetString();
    }
}
