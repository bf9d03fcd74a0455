select id as phone, agent_id as agent, secret from phone order by agent_id collate "C", id
