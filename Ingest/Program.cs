using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Ingest;

return await HostProgram.RunAsync("TimeSeries Ingest", args, arguments => IngestHost.Build(arguments), DeadLetterCommand.Command);
