return await TimeSeries.Hosting.Running.HostProgram.RunAsync("TimeSeries Ingest", args, arguments => TimeSeries.Ingest.IngestHost.Build(arguments));
