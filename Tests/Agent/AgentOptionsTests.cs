using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using TimeSeries.Agent;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Agent;

/// <summary>The agent's settings, from the configuration, the environment and code.</summary>
public sealed class AgentOptionsTests
{
    [Test]
    public async Task The_environment_wins_over_the_section_and_code_over_both()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TimeSeriesAgent:Endpoint"] = "http://one:1",
            ["TimeSeriesAgent:Token"] = "from-the-section",
            ["TimeSeriesAgent:FlushInterval"] = "00:00:02",
            ["TimeSeriesAgent:IgnoredPaths:0"] = "/healthz",
            ["TIMESERIES_AGENT:TOKEN"] = "from-the-environment",
            ["TIMESERIES_AGENT:ONAME"] = "from-the-environment",
        }).Build();
        await using AgentHost host = await AgentHost.StartWorkerAsync(null, options => options.Oname = "from-code",
            services => services.AddSingleton(configuration));

        TimeSeriesAgentOptions options = host.Services.GetRequiredService<IOptions<TimeSeriesAgentOptions>>().Value;
        Assert.Multiple(() =>
        {
            Assert.That(options.Endpoint, Is.EqualTo(new Uri("http://one:1")));
            Assert.That(options.Token, Is.EqualTo("from-the-environment"));
            Assert.That(options.Oname, Is.EqualTo("from-code"));
            Assert.That(options.FlushInterval, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(options.IgnoredPaths, Is.EqualTo(["/healthz"]));
        });
    }

    [Test]
    public void Every_error_names_its_key_and_none_shows_the_token()
    {
        OptionsValidationException failure = Assert.ThrowsAsync<OptionsValidationException>(() => AgentHost.StartWorkerAsync(null, options =>
        {
            options.Endpoint = new Uri("ftp://server");
            options.Token = "with blanks in it";
            options.Oname = "";
            options.FlushInterval = TimeSpan.Zero;
            options.QueueSamples = 1;
            options.BatchSamples = 0;
            options.ThreadInterval = TimeSpan.FromMilliseconds(1);
            options.ShutdownTimeout = TimeSpan.FromSeconds(-1);
            options.RequestTimeout = TimeSpan.Zero;
        })).Result!;

        Assert.That(failure.Failures.Select(error => error.Split(": ")[0]), Is.EqualTo(
        [
            "TimeSeriesAgent:Endpoint", "TimeSeriesAgent:Token", "TimeSeriesAgent:Oname", "TimeSeriesAgent:FlushInterval", "TimeSeriesAgent:QueueSamples",
            "TimeSeriesAgent:BatchSamples", "TimeSeriesAgent:ThreadInterval", "TimeSeriesAgent:ShutdownTimeout", "TimeSeriesAgent:RequestTimeout",
        ]));
        Assert.That(failure.Message, Does.Not.Contain("blanks"));
    }

    [Test]
    public async Task A_disabled_agent_needs_no_settings_and_does_nothing()
    {
        await using AgentHost host = await AgentHost.StartWorkerAsync(null, options => options.Enabled = false);

        host.Agent.Push(new InvalidOperationException("x"));
        host.Agent.Push(new TimeSeries.Agent.Samples.ThreadSample { Count = 1 });

        Assert.That(host.Agent.Statistics, Is.EqualTo(default(TimeSeriesAgentStatistics)));
    }

    [Test]
    public void The_document_lists_every_option_and_no_other()
    {
        string document = File.ReadAllText(RepositoryFolder.Combine("docs", "agent.md"));
        string table = document[document.IndexOf("| option |", StringComparison.Ordinal)..];
        string[] documented = [.. table[..table.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n').Skip(2)
            .SelectMany(row => Regex.Matches(row.Split('|')[1], "`(\\w+)`").Select(match => match.Groups[1].Value))];

        Assert.That(documented, Is.EquivalentTo(typeof(TimeSeriesAgentOptions).GetProperties().Select(property => property.Name)));
    }
}
