using TimeSeries.Hosting.Running;
using TimeSeries.Server;

return await HostProgram.RunAsync("TimeSeries Server", args, ServerHost.BuildProgram);
