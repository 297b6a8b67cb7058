using System.CommandLine;
using TimeSeries.Benchmarks.Alerts;
using TimeSeries.Benchmarks.Allocations;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Influx;
using TimeSeries.Benchmarks.Kills;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Lookups;
using TimeSeries.Benchmarks.Micro;
using TimeSeries.Benchmarks.Page;
using TimeSeries.Benchmarks.PowerCuts;
using TimeSeries.Benchmarks.Replay;
using TimeSeries.Benchmarks.Rules;
using TimeSeries.Benchmarks.Simulate;
using TimeSeries.Benchmarks.Stages;
using TimeSeries.Benchmarks.Structure;

RootCommand root = new(
    "Measures TimeSeries: a load generator, a comparison with other systems, a replay of recorded telemetry, queries about alerts, look-ups of transactions, "
        + "the page, alert rules, micro benchmarks, stages of the write path, writes to and queries over InfluxDB, the structure of the code, "
        + "simulates a node on faulty disks, kills real servers and cuts their power.")
{
    LoadCommand.Create(),
    CompareCommand.Create(),
    ReplayCommand.Create(),
    AlertsCommand.Create(),
    LookupsCommand.Create(),
    PageCommand.Create(),
    RulesCommand.Create(),
    MicroCommand.Create(),
    AllocationsCommand.Create(),
    StagesCommand.Create(),
    InfluxClientCommand.Create(),
    InfluxLoadCommand.Create(),
    InfluxQueryCommand.Create(),
    StructureCommand.Create(),
    SimulateCommand.Create(),
    KillCommand.Create(),
    PowerCutCommand.Create(),
};
return root.Parse(args).Invoke();
