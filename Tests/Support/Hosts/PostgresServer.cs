using System.Diagnostics;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>
/// A real PostgreSQL with an empty database: the programs in the folder that the variable <c>POSTGRES</c> names, those on the PATH, or the newest that Debian
/// installed. It takes no root, so that it runs as nobody where the tests run as root.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Nobody = "65534";

    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private PostgresServer(TemporaryFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>How an application of .NET connects to it.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username=postgres";

    /// <summary>Starts one, and returns when it takes connections. The test is skipped where there is none.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        string? programs = FindPrograms();
        if (programs is null)
        {
            Assert.Ignore("There is no PostgreSQL: set POSTGRES to the folder of its programs.");
        }

        TemporaryFolder folder = new();
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(new ProcessStartInfo("chown", [$"{Nobody}:{Nobody}", folder]));
        }

        await RunAsync(AsUser(
            Path.Combine(programs!, "initdb"), "-D", folder["data"], "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        int port = Ports.FindFree();
        ProcessStartInfo start = AsUser(
            Path.Combine(programs!, "postgres"), "-D", folder["data"], "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}",
            "-c", "unix_socket_directories=", "-c", "fsync=off");
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("PostgreSQL ended before it took connections."));
        process.Start();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(_startTimeout);
        return new PostgresServer(folder, process, port);
    }

    public async ValueTask DisposeAsync()
    {
        // At once, and its processes with it.
        ProcessSignal.Send(_process, "QUIT");
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string? FindPrograms()
    {
        if (Environment.GetEnvironmentVariable("POSTGRES") is { Length: > 0 } named)
        {
            return named;
        }

        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> installed = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(installed)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")));
    }

    private static ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        string[] command = [program, .. arguments];
        command = Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command] : command;
        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{start.FileName}: {await output} {errors}");
    }
}
