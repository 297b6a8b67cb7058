return await TimeSeries.Hosting.Running.HostProgram.RunAsync("TimeSeries Server", args, arguments => TimeSeries.Server.ServerHost.Build(arguments));
