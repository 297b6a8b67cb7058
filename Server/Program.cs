using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Server;

return await HostProgram.RunAsync("TimeSeries Server", args, ServerHost.BuildProgram, DeadLetterCommand.Command);
