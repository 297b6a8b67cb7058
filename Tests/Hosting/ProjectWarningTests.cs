using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using TimeSeries.Server;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Hosting;

/// <summary>What a start warns of in the projects that are configured.</summary>
public sealed class ProjectWarningTests
{
    [TestCase("--Projects:0:Tokens:0:Secret=fifteen-bytes-x", "Projects:0:Tokens:0:Secret is shorter than 16 bytes", "fifteen-bytes-x")]
    [TestCase("--Projects:0:AccessKeys:0:Secret=key-secret", "Projects:0:AccessKeys:0:Secret is shorter than 16 bytes", "key-secret")]
    [TestCase("--Projects:0:Name=x", "Project 7 has no token", "none")]
    public async Task A_start_warns_and_shows_no_secret(string option, string warning, string secret)
    {
        string log = await (option.Contains("AccessKeys", StringComparison.Ordinal) ? LogAsync(option, "--Projects:0:AccessKeys:0:Id=k") : LogAsync(option));
        Assert.That(log, Does.Contain(warning).And.Not.Contain(secret));
    }

    [Test]
    public async Task Sixteen_bytes_and_hashes_are_enough()
    {
        string hash = new('a', 64);
        string log = await LogAsync("--Projects:0:Tokens:0:Secret=sixteen-bytes-xx", $"--Projects:0:Tokens:1:Sha256={hash}");
        Assert.That(log, Does.Not.Contain("shorter than").And.Not.Contain("has no token"));
    }

    private static async Task<string> LogAsync(params string[] options)
    {
        using TemporaryFolder folder = new();
        CollectedLog log = new();
        await using WebApplication app = ServerHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Storage:Directory={folder.FullName}", "--Projects:0:Pcode=7", .. options],
            services => services.AddLogging(logging => logging.ClearProviders().AddProvider(log)));
        await app.StartAsync();
        await app.StopAsync();
        return log.Text;
    }
}
