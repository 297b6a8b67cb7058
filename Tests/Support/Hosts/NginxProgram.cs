using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>A real nginx in front of a host: the program that the variable <c>NGINX</c> names, or the one on the PATH.</summary>
internal sealed class NginxProgram : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private NginxProgram(TemporaryFolder folder, string program, int port)
    {
        _folder = folder;
        Address = new Uri($"http://127.0.0.1:{port}");
        _process = Process.Start(new ProcessStartInfo(program, ["-p", folder.FullName, "-c", folder["nginx.conf"], "-e", "stderr"]))!;
    }

    public Uri Address { get; }

    /// <summary>Starts it, and waits until it takes connections. The test is skipped where there is none.</summary>
    /// <param name="serverOf">The server block for a port.</param>
    public static async Task<NginxProgram> StartAsync(Func<int, string> serverOf)
    {
        string? program = Find();
        if (program is null)
        {
            Assert.Ignore("There is no nginx: set NGINX to one.");
        }

        int port = Ports.FindFree();
        TemporaryFolder folder = new();
        string temporary = string.Join('\n', new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {folder[name]};"));
        await File.WriteAllTextAsync(folder["nginx.conf"],
            $$"""
            daemon off; master_process off; pid {{folder["pid"]}}; error_log stderr;
            events { }
            http { access_log off; {{temporary}}
            {{serverOf(port)}}
            }
            """);
        NginxProgram nginx = new(folder, program!, port);
        await Eventually.IsTrueAsync(async () =>
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                Assert.That(nginx._process.HasExited, Is.False, "nginx ended");
                return false;
            }
        });
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string? Find()
    {
        string[] candidates = Environment.GetEnvironmentVariable("NGINX") is { Length: > 0 } named
            ? [named]
            : [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, "nginx"))];
        return candidates.FirstOrDefault(File.Exists);
    }
}
