using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Alerting;

/// <summary>Whether the host evaluates rules. Immutable.</summary>
public sealed class AlertingStatus(AlertingOptions options, IServiceProvider host)
{
    /// <summary>Whether rules are evaluated here, and can be made here.</summary>
    public bool IsEnabled { get; } = options.Enabled switch
    {
        AlertingMode.True => true,
        AlertingMode.False => false,
        AlertingMode.Auto => host.GetService<IServiceProviderIsService>()?.IsService(typeof(IBatchSubmitter)) == true,
        _ => throw new InvalidOperationException($"There is no mode {options.Enabled}."),
    };

    /// <summary>Whether rules, silences and receivers are deployed as files, which nothing here changes.</summary>
    public bool IsReadOnly => options.ReadOnly;
}
