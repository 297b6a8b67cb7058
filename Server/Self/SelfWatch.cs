using Microsoft.Extensions.Options;
using TimeSeries.Agent;
using TimeSeries.Agent.Delivery;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Server.Self;

/// <summary>
/// The server watches itself with the agent that applications have: requests, exceptions and threads go into a project of their own, so that no user's total
/// changes.
/// </summary>
internal static class SelfWatch
{
    /// <summary>Adds it. Parts of the host that are added before get the last samples, when the host stops.</summary>
    public static IServiceCollection AddSelfWatch(this IServiceCollection services)
    {
        services.AddSection(SelfOptions.Section, new SelfOptions.Validator());
        services.AddSingleton<IValidateOptions<SelfOptions>, PcodeCheck>();
        services.AddSingleton(provider =>
        {
            SelfOptions options = provider.GetUnvalidated<SelfOptions>();
            return new SelfProject(
                provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<DataDirectory>, options.Pcode,
                options.Enabled && provider.GetUnvalidated<StorageOptions>().Kind == StorageKind.Embedded);
        });
        services.AddSingleton<IBatchSender, SelfSender>();
        services.AddTimeSeriesAgent(configure: null, readsSettings: false);
        services.AddOptions<TimeSeriesAgentOptions>().Configure<SelfProject>(Configure);
        return services;
    }

    private static void Configure(TimeSeriesAgentOptions agent, SelfProject self)
    {
        agent.Enabled = self.IsEnabled;
        agent.Oname = $"timeseries-{Environment.MachineName}";
        agent.Okind = "timeseries";
        agent.Onode = Environment.MachineName;
        agent.Commands = false;
        agent.QueueSamples = 8_192;

        // Its own samples must not hold up a stop whose disk is full.
        agent.ShutdownTimeout = TimeSpan.FromSeconds(1);

        // Other parts of a process that holds this host may call by HTTP too.
        agent.Sources.Clear();
    }

    /// <summary>The project must be nobody's.</summary>
    private sealed class PcodeCheck(IServiceProvider services) : IValidateOptions<SelfOptions>
    {
        public ValidateOptionsResult Validate(string? name, SelfOptions options)
        {
            IReadOnlyList<ProjectOptions> projects = services.GetUnvalidated<ProjectListOptions>().Projects;
            bool isTaken = projects.Any(project => project.Pcode == options.Pcode) || (projects.Count == 0 && options.Pcode == FirstProject.Pcode);
            return isTaken
                ? ValidateOptionsResult.Fail(
                    $"Self:Pcode: '{options.Pcode}': the project with this code would have the server's own samples too; give one of them another code.")
                : ValidateOptionsResult.Success;
        }
    }
}
