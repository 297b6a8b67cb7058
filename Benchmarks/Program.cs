using System.CommandLine;
using TimeSeries.Benchmarks.Alerts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Micro;
using TimeSeries.Benchmarks.Replay;

RootCommand root = new("Measures TimeSeries: a load generator, a replay of recorded telemetry, questions about alerts, and micro benchmarks.")
{
    LoadCommand.Create(),
    ReplayCommand.Create(),
    AlertsCommand.Create(),
    MicroCommand.Create(),
};
return root.Parse(args).Invoke();
