using TimeSeries.Hosting.Running;
using TimeSeries.Query;

if (!DescriptorLimit.Suffices())
{
    return HostProgram.Failed;
}

return await HostProgram.RunAsync("TimeSeries Query", args, arguments => QueryHost.Build(arguments));
