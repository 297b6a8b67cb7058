using System.CommandLine;
using TimeSeries.Benchmarks.Load;

RootCommand root = new("Measures TimeSeries: a load generator, a replay of recorded telemetry, and micro benchmarks.")
{
    LoadCommand.Create(),
};
return root.Parse(args).Invoke();
