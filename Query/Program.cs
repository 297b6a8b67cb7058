return TimeSeries.Hosting.Running.HostRefusal.Run("Query", args);
