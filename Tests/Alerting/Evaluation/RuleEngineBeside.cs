using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Tests.Support;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>Another evaluator of a server's rules, as a second process would be: it shares the store and nothing else.</summary>
internal sealed class RuleEngineBeside : IDisposable, ITransitionListener
{
    private readonly RuleHost _host;
    private readonly RuleEngine _engine;
    private readonly AlertingInstruments _instruments;
    private int _found;

    public RuleEngineBeside(RuleHost host)
    {
        _host = host;
        IServiceProvider services = host.Server.Services;
        _instruments = new AlertingInstruments(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        AlertRecorder recorder = new(services.GetRequiredService<IAlertWriter>(), services.GetRequiredService<ISilences>(), [this], _instruments);
        _engine = new RuleEngine(
            services.GetRequiredService<IRuleReader>(), recorder, services.GetRequiredService<AlertingOptions>(), _instruments, host.Clock,
            NullLogger<RuleEngine>.Instance);
        foreach (RuleRuntime rule in services.GetRequiredService<RuleEngine>().All)
        {
            _engine.Put(new RuleRuntime(rule.Stored, rule.Progress.NextTime));
        }
    }

    /// <summary>How many transitions it found.</summary>
    public int Found => _found;

    public void Add(AlertTransition transition) => Interlocked.Increment(ref _found);

    /// <summary>Returns when it has evaluated every rule through the present.</summary>
    public Task CatchUpAsync() => Eventually.IsTrueAsync(() =>
    {
        _engine.Start(CancellationToken.None);
        return _engine.All.All(rule => rule.Progress.NextTime > _host.Now);
    });

    public void Dispose() => _instruments.Dispose();
}
