return await TimeSeries.Hosting.Running.HostProgram.RunAsync("TimeSeries Query", args, arguments => TimeSeries.Query.QueryHost.Build(arguments));
