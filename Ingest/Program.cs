using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Ingest;

if (!DescriptorLimit.Suffices())
{
    return HostProgram.Failed;
}

return await HostProgram.RunAsync("TimeSeries Ingest", args, arguments => IngestHost.Build(arguments), DeadLetterCommand.Command);
